/*
 * schema_21.h - the step to version 21: part of schema.c.
 */
#pragma once

/*
 *   solicit     of queue: what MAIL said (RFC 3865); nobody could say so
 *               before
 *   valid_since, rrvs  of queue_rcpt: what RCPT said (RFC 7293); the same
 *   relayed     of domain: 1 if its mail is passed on to other servers; it has
 *               no accounts then. None was so before
 *
 * Addresses of such a domain that there are, there (directory/relayed.c); "*":
 * all of them.
 *
 * past_owner is what ended (directory/past_owners.c): of an address, or where
 * local is empty of a domain.
 *
 *   until       at the latest; known: somebody else had it then. Else it may be
 *               so, for nothing was kept before this step: an account is as old
 *               as its INBOX, whose first UIDVALIDITY is when it was made or
 *               later; of all else nothing is known but that it is there now
 *
 * Accounts that a directory elsewhere says are there (directory/ldap.c). There
 * were none.
 *
 *   id          what names the entry for ever; empty with dn: not seen yet
 *   gone        since when the directory has it no more; 0: it has
 *   ldap_alias  which addresses of `alias` were made for it
 */
#define CREATE_LDAP                                                           \
	"CREATE TABLE ldap_account (account INTEGER PRIMARY KEY,"             \
	" id BLOB NOT NULL, dn BLOB NOT NULL, gone INTEGER NOT NULL) STRICT;" \
	"CREATE UNIQUE INDEX ldap_account_id ON ldap_account (id)"            \
	" WHERE id<>x'';"                                                     \
	"CREATE TABLE ldap_alias (domain BLOB NOT NULL,"                      \
	" local BLOB NOT NULL, account INTEGER NOT NULL,"                     \
	" PRIMARY KEY (domain, local)) STRICT, WITHOUT ROWID;"                \
	"CREATE INDEX ldap_alias_of ON ldap_alias (account);"

static const char version_21[] =
    "ALTER TABLE queue ADD COLUMN solicit BLOB NOT NULL DEFAULT x'';"
    "ALTER TABLE domain ADD COLUMN relayed INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE relayed (domain BLOB NOT NULL, local BLOB NOT NULL,"
    " PRIMARY KEY (domain, local)) STRICT, WITHOUT ROWID;"
    "ALTER TABLE queue_rcpt ADD COLUMN valid_since INTEGER NOT NULL"
    " DEFAULT 0;"
    "ALTER TABLE queue_rcpt ADD COLUMN rrvs INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE past_owner (domain BLOB NOT NULL, local BLOB NOT NULL,"
    " until INTEGER NOT NULL, known INTEGER NOT NULL,"
    " PRIMARY KEY (domain, local)) STRICT, WITHOUT ROWID;"
    "INSERT INTO past_owner SELECT name, x'', unixepoch(), 0 FROM domain;"
    "INSERT INTO past_owner SELECT DISTINCT domain, local, unixepoch(), 0"
    " FROM alias;"
    "INSERT INTO past_owner SELECT a.domain, a.local,"
    " min(unixepoch(), ifnull(m.uidvalidity, unixepoch())), 0"
    " FROM address a LEFT JOIN mailbox m"
    " ON m.account=a.account AND m.special=1 WHERE true"
    " ON CONFLICT (domain, local) DO UPDATE SET until=excluded.until;"
    CREATE_LDAP;
