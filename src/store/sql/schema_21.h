/*
 * schema_21.h - the step to version 21: part of schema.c.
 */
#pragma once

/*
 *   solicit     of queue: what MAIL said (RFC 3865); nobody could say so
 *               before
 *   relayed     of domain: 1 if its mail is passed on to other servers; it has
 *               no accounts then. None was so before
 *
 * Addresses of such a domain that there are, there (directory/relayed.c); "*":
 * all of them.
 */
static const char version_21[] =
    "ALTER TABLE queue ADD COLUMN solicit BLOB NOT NULL DEFAULT x'';"
    "ALTER TABLE domain ADD COLUMN relayed INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE relayed (domain BLOB NOT NULL, local BLOB NOT NULL,"
    " PRIMARY KEY (domain, local)) STRICT, WITHOUT ROWID;";
