/*
 * sql.h - a connection to the database and its prepared statements.
 *
 * Statements are in one table (statements.h), prepared when first used and
 * kept. Text and octets are BLOBs. A connection belongs to one thread.
 */
#pragma once
#include <sqlite3.h>

#include "base/err.h"
#include "base/str.h"
#include "store/sql/statements.h"
#include "store/sql/vfs.h"

enum sql_statement {
#define S(name, text) SQL_##name,
	STATEMENTS(S)
#undef S
	SQL_NSTATEMENTS
};

struct sql {
	sqlite3 *db;
	sqlite3_stmt *st[SQL_NSTATEMENTS];
	int failed; /* the first E_* since sql_begin() */
};

struct sql_val {
	enum { SQL_INT, SQL_OCTETS } kind;
	int64_t i;
	struct str s;
};
static inline struct sql_val
vi(uint64_t i)
{
	return (struct sql_val){ SQL_INT, (int64_t)i, STR_NULL };
}
static inline struct sql_val
vs(struct str s)
{
	return (struct sql_val){ SQL_OCTETS, 0, s };
}
#define SQL_VALS(...)                             \
	(const struct sql_val[]){ __VA_ARGS__ },   \
	    sizeof((const struct sql_val[]){ __VA_ARGS__ }) / \
		sizeof(struct sql_val)

/* cache_kb bounds the page cache. */
int sql_open(struct sql *q, const struct vfs *v, const char *name,
    int cache_kb, struct err *err);
void sql_close(struct sql *q);

/* E_FULL when the disk is, E_IO for all else. */
int sql_exec(struct sql *q, const char *text, struct err *err);
int sql_begin(struct sql *q, struct err *err);	/* of the writer */
int sql_commit(struct sql *q, struct err *err);
void sql_rollback(struct sql *q);
/* One snapshot for the statements of a request, if they are several. */
int sql_read_begin(struct sql *q, struct err *err);
void sql_read_end(struct sql *q);

/* Run a statement that gives no rows. */
int sql_run(struct sql *q, enum sql_statement which,
    const struct sql_val *v, size_t n, struct err *err);
/* sql_run(), and how many rows it changed. */
int sql_change(struct sql *q, enum sql_statement which,
    const struct sql_val *v, size_t n, struct err *err);
/* Run to the first row: 1, or 0 if there is none, or a negative E_*. After 1
 * the caller reads columns, asks sql_next() for more, and must end with
 * sql_end() unless sql_next() said otherwise than 1. */
int sql_first(struct sql *q, enum sql_statement which,
    const struct sql_val *v, size_t n, struct err *err);
int sql_next(struct sql *q, enum sql_statement which, struct err *err);
void sql_end(struct sql *q, enum sql_statement which);

/* Columns of the present row; octets are good until the next step. */
uint64_t sql_u64(const struct sql *q, enum sql_statement which, int column);
uint32_t sql_u32(const struct sql *q, enum sql_statement which, int column);
struct str sql_str(const struct sql *q, enum sql_statement which, int column);

/* One number from a statement of one row; 0 if there is none. */
int sql_number(struct sql *q, enum sql_statement which,
    const struct sql_val *v, size_t n, uint64_t *out, struct err *err);
