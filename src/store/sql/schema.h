/*
 * schema.h - the tables, as numbered steps forward.
 */
#pragma once
#include "base/arena.h"
#include "base/log.h"
#include "store/sql/sql.h"

enum { SCHEMA_VERSION = 22 };

/* What the steps need besides the database. */
struct schema_needs {
	/* A name's A-label, as dns_name() makes it. NULL: names stay. */
	bool (*a_label)(struct str name, struct arena *a, struct str *out);
	struct log *log;	/* what became of old rows; NULL: nowhere */
};

/* Bring the database to SCHEMA_VERSION, a step a transaction. E_INVALID if
 * it is newer than this program. */
int schema_migrate(struct sql *q, const struct schema_needs *needs,
    struct err *err);

/* An empty table of changes, in the transaction of the writer; the one that
 * cannot be read is change_damaged_<number> from now on. */
int schema_forget_changes(struct sql *q, uint64_t number, struct err *err);
