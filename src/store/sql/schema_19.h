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
 */
static const char version_19[] =
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
