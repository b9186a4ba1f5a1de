#include "store/sql/sql_copy.h"

#include <sqlite3.h>

enum { FROM_CACHE_KB = 2048, TO_CACHE_KB = 8192 };

/* A file of ours first, so that the checksums are put into each page from the
 * first one on. It is nobody's before it is whole: no journal, no sync. */
static int
open_target(struct sql *to, const struct vfs *v, const char *name,
    struct err *err)
{
	int rc = sql_open(to, v, name, TO_CACHE_KB, err);

	if (rc < 0)
		return rc;
	sql_let_wal_go(to);
	return sql_exec(to, "PRAGMA journal_mode=DELETE;"
	    "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", err);
}

/* The moment is that of the first look. */
static int
open_source(struct sql *from, const struct vfs *v, const char *name,
    struct err *err)
{
	uint64_t any;
	int rc = sql_open(from, v, name, FROM_CACHE_KB, err);

	if (rc == 0)
		rc = sql_read_begin(from, err);
	return rc < 0 ? rc : sql_number(from, SQL_version, NULL, 0, &any, err);
}

int
sql_copy_begin(struct sql_copy *c, struct vfs *v, const char *from,
    const char *to, struct err *err)
{
	int rc;

	*c = (struct sql_copy){ 0 };
	if (!vfs_is_summed(v, from))
		return err_set(err, E_INVALID, "%s has no checksums yet: make "
		    "room on its disk for another one, and start the server "
		    "again", from);
	rc = open_target(&c->to, v, to, err);
	if (rc == 0)
		rc = open_source(&c->from, v, from, err);
	if (rc == 0) {
		c->backup = sqlite3_backup_init(c->to.db, "main", c->from.db,
		    "main");
		if (!c->backup)
			rc = err_set(err, E_IO, "copy %s: %s", from,
			    sqlite3_errmsg(c->to.db));
	}
	if (rc < 0)
		sql_copy_end(c);
	return rc;
}

static int
copy_failed(int rc, struct err *err)
{
	uint32_t page = vfs_take_damaged();

	if (page)
		return err_set(err, E_DAMAGED, "page %u of postern.db is "
		    "damaged", page);
	if ((rc & 0xff) == SQLITE_FULL)
		return err_set(err, E_FULL, "no room for a copy of "
		    "postern.db on the disk of the data folder");
	return err_set(err, E_IO, "copy postern.db: %s (%d)",
	    sqlite3_errstr(rc), rc);
}

int
sql_copy_step(struct sql_copy *c, int pages, uint64_t *left, uint64_t *all,
    struct err *err)
{
	int rc;

	*left = *all = 0;
	if (!c->backup)
		return 0;
	rc = sqlite3_backup_step(c->backup, pages);
	*left = (uint64_t)sqlite3_backup_remaining(c->backup);
	*all = (uint64_t)sqlite3_backup_pagecount(c->backup);
	if (rc == SQLITE_OK)
		return 0;
	if (rc != SQLITE_DONE)
		return copy_failed(rc, err);
	*left = 0;
	sql_copy_end(c);
	return 0;
}

void
sql_copy_end(struct sql_copy *c)
{
	(void)sqlite3_backup_finish(c->backup);
	c->backup = NULL;
	sql_close(&c->to);
	if (c->from.db)
		sql_read_end(&c->from);
	sql_close(&c->from);
}
