/*
 * sql.h - a connection to the database and its prepared statements.
 *
 * Statements are in one table (statements.h), prepared when first used and
 * kept. Text and octets are BLOBs. A connection belongs to one thread.
 */
#pragma once
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "store/sql/dialect.h"
#include "store/sql/statements.h"
#include "store/sql/vfs.h"

enum sql_statement {
#define S(name, text) SQL_##name,
#define ROWS(name, columns, text) SQL_##name,
	STATEMENTS(S, ROWS, ROWS)
	DIALECT_STATEMENTS(S)
#undef ROWS
#undef S
	SQL_NSTATEMENTS
};

/* The columns of each statement that gives rows; see SQL_COLUMN(). */
#define SQL_LIST(...) __VA_ARGS__
#define S(name, text)
#define ROWS(name, columns, text) \
	struct sql_row_##name { char SQL_LIST columns; };
STATEMENTS(S, ROWS, ROWS)
#undef ROWS
#undef S

struct sql {
	struct sqlite3 *db;
	struct sqlite3_stmt *st[SQL_NSTATEMENTS];
	int failed; /* the first E_* since sql_begin() */
	int wal_pages, wal_again; /* of the writer: see sql_restart_wal() */
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
/* The WAL stays where it is; see sql_let_wal_go(). */
void sql_close(struct sql *q);
/* Closing this connection, the last, may remove the WAL: the caller has made
 * sure that no one will ask for it. */
void sql_let_wal_go(struct sql *q);

/* E_FULL when the disk is, E_DAMAGED if a page is, E_IO for all else. */
int sql_exec(struct sql *q, const char *text, struct err *err);
/* This connection is the one that writes. */
void sql_is_writer(struct sql *q);
int sql_begin(struct sql *q, struct err *err);	/* of the writer */
int sql_commit(struct sql *q, struct err *err);
void sql_rollback(struct sql *q);
/* Its file system is. */
bool sql_is_read_only(const struct sql *q);
/* How many rows it has changed since it was opened. */
int sql_changes(const struct sql *q);
/* After a commit of the writer: go on at the beginning of the WAL once it has
 * this many octets (0: now). A reader in the way, or a full disk: next time,
 * and q->wal_pages is as it was. */
int sql_restart_wal(struct sql *q, uint64_t octets, struct err *err);
/* Everything that was committed into the database file itself. */
int sql_checkpoint(struct sql *q, struct err *err);
/* What is read next comes from the disk. */
void sql_forget_pages(struct sql *q);
/* Write the whole database anew, with checksums at the end of its pages and
 * without what is not used. It takes twice its size of the disk meanwhile, and
 * leaves an empty WAL. */
int sql_write_anew(struct sql *q, struct err *err);
/* In a transaction of the writer: the last pages of the database go to the
 * places of unused ones, until it is so many shorter. Only where SQL_page_moves
 * is this; the file gets shorter with the next checkpoint. */
enum { SQL_MOVES_INCREMENTAL = 2 };
int sql_give_pages_back(struct sql *q, unsigned most, struct err *err);
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

/* Columns of the present row, by the name of the statement and of the column
 * in statements.h: sql_u64(q, domain_get, accounts). Octets are good until the
 * next step. */
#define sql_u64(q, s, c) sql_column_u64((q), SQL_##s, SQL_COLUMN(s, c))
#define sql_i64(q, s, c) ((int64_t)sql_u64(q, s, c))
#define sql_u32(q, s, c) ((uint32_t)sql_u64(q, s, c))
#define sql_str(q, s, c) sql_column_str((q), SQL_##s, SQL_COLUMN(s, c))
/* The same where only the row knows whose it is. */
#define SQL_COLUMN(s, c) ((int)offsetof(struct sql_row_##s, c))
uint64_t sql_column_u64(const struct sql *q, enum sql_statement which,
    int column);
struct str sql_column_str(const struct sql *q, enum sql_statement which,
    int column);

/* One number from a statement of one row; 0 if there is none. */
int sql_number(struct sql *q, enum sql_statement which,
    const struct sql_val *v, size_t n, uint64_t *out, struct err *err);
