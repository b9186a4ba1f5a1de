/*
 * schema.h - the tables, as numbered steps forward.
 */
#pragma once
#include "store/sql/sql.h"

enum { SCHEMA_VERSION = 4 };

/* Bring the database to SCHEMA_VERSION, a step a transaction. E_INVALID if
 * it is newer than this program. */
int schema_migrate(struct sql *q, struct err *err);

/* An empty table of changes, in the transaction of the writer; the one that
 * cannot be read is change_damaged_<number> from now on. */
int schema_forget_changes(struct sql *q, uint64_t number, struct err *err);
