/*
 * schema_19.h - the step to version 19: part of schema.c.
 */
#pragma once

/*
 * Networks whose connections are not taken. None was banned before.
 *
 *   why         of ban: enum ban_why (rt/bans.h)
 *   until       seconds since 1970; INT64_MAX: it has to be lifted. A row stays
 *               for some time after it, so that the next ban is a longer one
 *   times       how often it was banned
 *
 * What is counted for aggregate reports (policy/aggregate.c): of each kind
 * (enum aggregate_kind), domain and UTC day, which is the second it begins.
 * Nothing was counted before.
 *
 *   policy      what the domain's record says; due: when the report is sent
 *   rows, lost  how many rows it has; messages that found no place in them
 *   facts       what is true of n messages; digest: of facts
 *
 * Mail that is kept apart (queue/held.c). None was before.
 *
 *   message     of held: its blob; a row for each recipient here
 *   at          since when, seconds since 1970
 *   size        with prefix and front
 *   prefix      what stands in front of it in this mailbox
 *   told        the note that its recipient was told by; 0: none yet
 *
 * Whose a rule of a sender is: an account's, or a domain's; all that there were
 * are the server's (0, empty).
 */
static const char version_19[] =
    "CREATE TABLE held (message INTEGER NOT NULL, account INTEGER NOT NULL,"
    " at INTEGER NOT NULL, size INTEGER NOT NULL, address BLOB NOT NULL,"
    " prefix BLOB NOT NULL, sender BLOB NOT NULL, author BLOB NOT NULL,"
    " title BLOB NOT NULL, verdict BLOB NOT NULL, traits BLOB NOT NULL,"
    " thread_keys BLOB NOT NULL, told INTEGER NOT NULL,"
    " PRIMARY KEY (message, account)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX held_told ON held (told, account);"
    "CREATE INDEX held_at ON held (at, message, account);"
    "CREATE INDEX held_of ON held (account, message);"
    "CREATE TABLE owned_rule (account INTEGER NOT NULL, domain BLOB NOT NULL,"
    " kind INTEGER NOT NULL, bits INTEGER NOT NULL, subject BLOB NOT NULL,"
    " word INTEGER NOT NULL, at INTEGER NOT NULL,"
    " PRIMARY KEY (account, domain, kind, bits, subject))"
    " STRICT, WITHOUT ROWID;"
    "INSERT INTO owned_rule SELECT 0, x'', kind, bits, subject, word, at"
    " FROM sender_rule;"
    "DROP TABLE sender_rule; ALTER TABLE owned_rule RENAME TO sender_rule;"
    "CREATE TABLE ban (network BLOB NOT NULL, bits INTEGER NOT NULL,"
    " doors INTEGER NOT NULL, why INTEGER NOT NULL, at INTEGER NOT NULL,"
    " until INTEGER NOT NULL, times INTEGER NOT NULL, reason BLOB NOT NULL,"
    " PRIMARY KEY (bits, network)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX ban_until ON ban (until);"
    "CREATE TABLE aggregate (kind INTEGER NOT NULL, day INTEGER NOT NULL,"
    " domain BLOB NOT NULL, policy BLOB NOT NULL, rows INTEGER NOT NULL,"
    " lost INTEGER NOT NULL, due INTEGER NOT NULL,"
    " PRIMARY KEY (kind, day, domain)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX aggregate_due ON aggregate (due, day, domain, kind);"
    "CREATE TABLE aggregate_row (kind INTEGER NOT NULL,"
    " day INTEGER NOT NULL, domain BLOB NOT NULL, digest BLOB NOT NULL,"
    " facts BLOB NOT NULL, n INTEGER NOT NULL,"
    " PRIMARY KEY (kind, day, domain, digest)) STRICT, WITHOUT ROWID;";
