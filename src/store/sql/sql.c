/*
 * sql.c - the only file, with vfs.c and schema.c, that knows which database
 * this is.
 */
#include "store/sql/sql.h"

#include <sqlite3.h>

#include "store/sql/wal.h"

enum {
	WAL_AGAIN = 256,	/* pages until the next try to restart it */
	BUSY_MS = 5,	/* for readers in the way of a restart of the WAL */
	CHECKPOINT_TRIES = 400,
};

static const char *const statements[SQL_NSTATEMENTS] = {
#define S(name, text) [SQL_##name] = (text),
#define NAMES(...) #__VA_ARGS__
#define R(name, columns, text) [SQL_##name] = "SELECT " NAMES columns " " text,
#define E(name, columns, text) [SQL_##name] = (text),
	STATEMENTS(S, R, E)
	DIALECT_STATEMENTS(S)
#undef E
#undef R
#undef NAMES
#undef S
};

/* Damaged: a page has another checksum, or makes no sense to SQLite. */
static int
sql_failed(struct sql *q, int rc, const char *what, struct err *err)
{
	int first = rc & 0xff, code = first == SQLITE_FULL ? E_FULL : E_IO;
	uint32_t page = vfs_take_damaged();

	if (first != SQLITE_IOERR && first != SQLITE_CORRUPT)
		page = 0;
	if (page || first == SQLITE_CORRUPT || first == SQLITE_NOTADB)
		code = E_DAMAGED;
	if (q->failed == 0 || code == E_IO)
		q->failed = code;
	if (page)
		return err_set(err, code, "page %u of postern.db is damaged "
		    "(%.60s)", page, what);
	return err_set(err, code, "%.60s: %s (%d)", what,
	    q->db ? sqlite3_errmsg(q->db) : sqlite3_errstr(rc), rc);
}

int
sql_exec(struct sql *q, const char *text, struct err *err)
{
	int rc = sqlite3_exec(q->db, text, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : sql_failed(q, rc, text, err);
}

/* The database that is made, or written anew, next has room for them. */
static void
reserve_sums(struct sql *q)
{
	int octets = PAGE_SUM;

	(void)sqlite3_file_control(q->db, "main", SQLITE_FCNTL_RESERVE_BYTES,
	    &octets);
}

/* A new one can give its pages back. Afterwards that is not to be had without
 * writing all of it anew. */
static int
let_pages_move(struct sql *q, struct err *err)
{
	uint64_t pages = 0;
	int rc = sql_number(q, SQL_page_count, NULL, 0, &pages, err);

	return rc < 0 || pages > 0 ? rc :
	    sql_exec(q, "PRAGMA auto_vacuum=INCREMENTAL", err);
}

static void
keep_wal_at_close(struct sql *q, int keep)
{
	(void)sqlite3_db_config(q->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep,
	    NULL);
}

int
sql_open(struct sql *q, const struct vfs *v, const char *name, int cache_kb,
    struct err *err)
{
	char text[64];
	int rc;

	*q = (struct sql){ 0 };
	rc = sqlite3_open_v2(name, &q->db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, vfs_name(v));
	if (rc == SQLITE_BUSY)
		rc = err_set(err, E_BUSY, "another program has %s open: end "
		    "it first", name);
	else if (rc != SQLITE_OK)
		rc = sql_failed(q, rc, "open", err);
	if (rc != SQLITE_OK) {
		sql_close(q);
		return rc;
	}
	keep_wal_at_close(q, 1);
	reserve_sums(q);	/* if it is a new one */
	/* Deleted octets are overwritten where a page is written anyway. */
	rc = sql_exec(q, "PRAGMA page_size=4096", err);
	if (rc == 0)
		rc = let_pages_move(q, err);
	if (rc == 0)
		rc = sql_exec(q, "PRAGMA temp_store=MEMORY;"
		    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
		    "PRAGMA wal_autocheckpoint=0;"
		    "PRAGMA secure_delete=FAST;", err);
	(void)snprintf(text, sizeof(text), "PRAGMA cache_size=-%d", cache_kb);
	if (rc == 0)
		rc = sql_exec(q, text, err);
	if (rc < 0)
		sql_close(q);
	return rc;
}

void
sql_close(struct sql *q)
{
	size_t i;

	for (i = 0; i < SQL_NSTATEMENTS; i++)
		sqlite3_finalize(q->st[i]);
	sqlite3_close(q->db);
	*q = (struct sql){ 0 };
}

static int
bind_values(sqlite3_stmt *st, const struct sql_val *v, size_t n)
{
	int rc = SQLITE_OK;
	size_t i;

	for (i = 0; i < n && rc == SQLITE_OK; i++)
		if (v[i].kind == SQL_INT)
			rc = sqlite3_bind_int64(st, (int)i + 1, v[i].i);
		else
			rc = sqlite3_bind_blob64(st, (int)i + 1,
			    v[i].s.p ? v[i].s.p : "", v[i].s.n, SQLITE_STATIC);
	return rc;
}

int
sql_next(struct sql *q, enum sql_statement which, struct err *err)
{
	int rc = sqlite3_step(q->st[which]);

	if (rc == SQLITE_ROW)
		return 1;
	rc = rc == SQLITE_DONE ? 0 : sql_failed(q, rc, statements[which], err);
	sqlite3_reset(q->st[which]);
	return rc;
}

int
sql_first(struct sql *q, enum sql_statement which, const struct sql_val *v,
    size_t n, struct err *err)
{
	int rc = SQLITE_OK;

	if (!q->st[which])
		rc = sqlite3_prepare_v3(q->db, statements[which], -1,
		    SQLITE_PREPARE_PERSISTENT, &q->st[which], NULL);
	if (rc == SQLITE_OK)
		rc = bind_values(q->st[which], v, n);
	if (rc != SQLITE_OK)
		return sql_failed(q, rc, statements[which], err);
	return sql_next(q, which, err);
}

int
sql_run(struct sql *q, enum sql_statement which, const struct sql_val *v,
    size_t n, struct err *err)
{
	int rc = sql_first(q, which, v, n, err);

	bug_if(rc > 0);
	return rc;
}

int
sql_change(struct sql *q, enum sql_statement which, const struct sql_val *v,
    size_t n, struct err *err)
{
	int rc = sql_run(q, which, v, n, err);

	return rc < 0 ? rc : sqlite3_changes(q->db);
}

void
sql_end(struct sql *q, enum sql_statement which)
{
	sqlite3_reset(q->st[which]);
}

int
sql_begin(struct sql *q, struct err *err)
{
	q->failed = 0;
	return sql_run(q, SQL_begin, NULL, 0, err);
}

static int
on_wal(void *arg, sqlite3 *db unused_arg, const char *name unused_arg,
    int pages)
{
	struct sql *q = arg;

	q->wal_pages = pages;
	return SQLITE_OK;
}

void
sql_is_writer(struct sql *q)
{
	sqlite3_wal_hook(q->db, on_wal, q);
	sqlite3_busy_timeout(q->db, BUSY_MS);
}

int
sql_restart_wal(struct sql *q, uint64_t octets, struct err *err)
{
	int rc;

	if (octets > 0 && ((uint64_t)q->wal_pages * WAL_FRAME < octets ||
	    q->wal_pages < q->wal_again))
		return 0;
	rc = sqlite3_wal_checkpoint_v2(q->db, NULL,
	    SQLITE_CHECKPOINT_RESTART, NULL, NULL);
	q->wal_again = rc == SQLITE_OK ? 0 : q->wal_pages + WAL_AGAIN;
	if (rc == SQLITE_OK)
		q->wal_pages = 0;
	if (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_FULL)
		return 0;
	return sql_failed(q, rc, "checkpoint", err);
}

int
sql_checkpoint(struct sql *q, struct err *err)
{
	int rc = SQLITE_BUSY;

	for (int i = 0; i < CHECKPOINT_TRIES && rc == SQLITE_BUSY; i++)
		rc = sqlite3_wal_checkpoint_v2(q->db, NULL,
		    SQLITE_CHECKPOINT_FULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : sql_failed(q, rc, "checkpoint", err);
}

void
sql_forget_pages(struct sql *q)
{
	(void)sqlite3_db_release_memory(q->db);
}

int
sql_write_anew(struct sql *q, struct err *err)
{
	reserve_sums(q);
	return sql_exec(q, "PRAGMA wal_checkpoint(TRUNCATE);"
	    "PRAGMA auto_vacuum=INCREMENTAL; PRAGMA temp_store=FILE; VACUUM;"
	    "PRAGMA temp_store=MEMORY; PRAGMA wal_checkpoint(TRUNCATE)", err);
}

int
sql_give_pages_back(struct sql *q, unsigned most, struct err *err)
{
	char text[60];

	(void)snprintf(text, sizeof(text), "PRAGMA incremental_vacuum(%u)",
	    most);
	return sql_exec(q, text, err);
}

void
sql_let_wal_go(struct sql *q)
{
	keep_wal_at_close(q, 0);
}

bool
sql_is_read_only(const struct sql *q)
{
	return sqlite3_db_readonly(q->db, "main") == 1;
}

int
sql_changes(const struct sql *q)
{
	return sqlite3_total_changes(q->db);
}

int
sql_commit(struct sql *q, struct err *err)
{
	return sql_run(q, SQL_commit, NULL, 0, err);
}

void
sql_rollback(struct sql *q)
{
	if (!sqlite3_get_autocommit(q->db))
		(void)sql_run(q, SQL_rollback, NULL, 0, NULL);
}

int
sql_read_begin(struct sql *q, struct err *err)
{
	return sql_run(q, SQL_read_begin, NULL, 0, err);
}

void
sql_read_end(struct sql *q)
{
	if (!sqlite3_get_autocommit(q->db))
		(void)sql_run(q, SQL_commit, NULL, 0, NULL);
}

uint64_t
sql_column_u64(const struct sql *q, enum sql_statement which, int column)
{
	return (uint64_t)sqlite3_column_int64(q->st[which], column);
}

struct str
sql_column_str(const struct sql *q, enum sql_statement which, int column)
{
	const char *p = sqlite3_column_blob(q->st[which], column);

	return str_make(p,
	    (size_t)sqlite3_column_bytes(q->st[which], column));
}

int
sql_number(struct sql *q, enum sql_statement which, const struct sql_val *v,
    size_t n, uint64_t *out, struct err *err)
{
	int rc = sql_first(q, which, v, n, err);

	if (rc < 0)
		return rc;
	*out = rc ? sql_column_u64(q, which, 0) : 0;
	if (rc)
		sql_end(q, which);
	return 0;
}
