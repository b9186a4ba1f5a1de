#include "store/engine/backup.h"

#include <errno.h>
#include <stdlib.h>

#include "store/backup_name.h"
#include "store/engine/engine_int.h"
#include "store/sql/schema.h"
#include "store/sql/wal.h"

#define COPY "backup.db"

enum {
	ROWS_A_CALL = 1000,
	PAGES_A_CALL = 64,	/* about a ms, in which the lock is held */
	NAMES_MAX = 4000,
};
static const uint64_t wal_most = (uint64_t)1 << 30;

void
backup_init(struct engine *e)
{
	bug_if(pthread_mutex_init(&e->backup.lock, NULL) != 0);
}

void
backup_clear(struct engine *e)
{
	static const char *const names[] = { COPY, COPY "-wal",
		COPY "-journal" };

	for (size_t i = 0; i < NELEM(names); i++)
		if (e->o.files->ops->exists(e->o.files, names[i]) == 0)
			(void)e->o.files->ops->unlink(e->o.files, names[i]);
}

/* The lock is held. */
static void
release(struct engine *e, const char *why)
{
	struct backup *b = &e->backup;

	if (!b->owner)
		return;
	sql_copy_end(&b->copy);
	backup_clear(e);
	b->owner = NULL;
	b->is_whole = false;
	b->why = (struct err){ 0 };
	if (!why)
		return;
	(void)err_set(&b->why, E_STALE, "the backup was broken off: %s", why);
	if (e->o.log)
		log_event(e->o.log, LOG_WARN, "backup_ended",
		    F_STR("why", str_c(why)));
}

void
backup_free(struct engine *e)
{
	release(e, NULL);
	(void)pthread_mutex_destroy(&e->backup.lock);
}

/* Why it is to end; NULL: it is not. */
static const char *
is_over(struct engine *e)
{
	struct backup *b = &e->backup;
	int64_t idle_us = e->o.mono_us(e->o.arg) - b->asked_us;

	if (idle_us > (int64_t)BACKUP_IDLE_S * 1000000)
		return "nothing was asked for too long";
	if (e->room.full)
		return "the disk of the server is full";
	if (b->copy.backup && (uint64_t)e->w.wal_pages * WAL_FRAME > wal_most)
		return "too much was written while the database was copied";
	return NULL;
}

bool
backup_pins(struct engine *e)
{
	struct backup *b = &e->backup;
	const char *why;
	bool is;

	pthread_mutex_lock(&b->lock);
	why = b->owner ? is_over(e) : NULL;
	if (why)
		release(e, why);
	is = b->owner;
	pthread_mutex_unlock(&b->lock);
	return is;
}

void
backup_forget(struct engine *e, const struct caller *c)
{
	pthread_mutex_lock(&e->backup.lock);
	if (e->backup.owner == c)
		release(e, NULL);
	pthread_mutex_unlock(&e->backup.lock);
}

/* ---- beginning ---------------------------------------------------------- */

/* This folder's number, made when first asked for; one that is restored has
 * another one. */
static int
folder_number(struct engine *e, uint64_t *folder, struct err *err)
{
	int rc = sql_number(&e->w, SQL_folder_get, NULL, 0, folder, err);

	if (rc < 0 || *folder)
		return rc;
	e->o.random(e->o.arg, folder, sizeof(*folder));
	*folder = *folder >> 1 | 1;
	return sql_run(&e->w, SQL_folder_put, SQL_VALS(vi(*folder)), err);
}

/* Between two batches nothing is on its way out of the folder: what is named at
 * the moment is there, and stays from now on. */
static int
begin_copy(struct engine *e, const struct caller *c, struct err *err)
{
	struct backup *b = &e->backup;
	int rc;

	if (b->owner && b->owner != c)
		return err_set(err, E_BUSY, "another backup is under way");
	release(e, NULL);
	backup_clear(e);
	b->why = (struct err){ 0 };
	rc = sql_copy_begin(&b->copy, e->vfs, "postern.db", COPY, err);
	if (rc < 0) {
		backup_clear(e);
		return rc;
	}
	b->owner = c;
	b->asked_us = e->o.mono_us(e->o.arg);
	return 0;
}

int
write_backup_begin(struct engine *e, struct write *w)
{
	struct backup_begin_answer *out = &w->answer.backup_begin;
	int rc = folder_number(e, &out->folder, &w->err);

	if (rc < 0)
		return rc;
	/* What came last, too; a full disk has other needs. */
	if (e->room.whole)
		journal_flush(e->journal, e->o.wall_us(e->o.arg));
	pthread_mutex_lock(&e->backup.lock);
	rc = begin_copy(e, w->caller, &w->err);
	pthread_mutex_unlock(&e->backup.lock);
	out->fence = e->fence;
	out->at = e->now_s;
	out->version = SCHEMA_VERSION;
	return rc;
}

/* Takes the lock where it says 0. */
static int
lock_own(struct engine *e, const struct caller *c, struct err *err)
{
	struct backup *b = &e->backup;

	pthread_mutex_lock(&b->lock);
	if (b->owner == c) {
		b->asked_us = e->o.mono_us(e->o.arg);
		return 0;
	}
	if (b->why.code)
		(void)err_set(err, E_STALE, "%s", b->why.text);
	else
		(void)err_set(err, E_STALE, "no backup of yours is under way");
	pthread_mutex_unlock(&b->lock);
	return E_STALE;
}

int
read_backup_copy(struct reader *r, const struct caller *c,
    const struct backup_copy_ask *ask unused_arg, union store_answer *answer,
    struct err *err)
{
	struct backup_copy_answer *out = &answer->backup_copy;
	struct backup *b = &r->e->backup;
	int rc = lock_own(r->e, c, err);

	if (rc < 0)
		return rc;
	rc = sql_copy_step(&b->copy, PAGES_A_CALL, &out->left, &out->all, err);
	b->is_whole = rc == 0 && out->left == 0;
	if (rc < 0)
		release(r->e, NULL);
	pthread_mutex_unlock(&b->lock);
	return rc;
}

/* ---- which files -------------------------------------------------------- */

static void
put_row(struct reader *r, const char *format, uint64_t id, uint64_t octets)
{
	char name[40];

	(void)snprintf(name, sizeof(name), "%s/%016llx", format,
	    (unsigned long long)id);
	msg_put(&r->rows, &backup_row_shape, &(struct backup_row){
	    str_c(name), octets });
}

static struct str
cursor_at(struct reader *r, char phase, uint64_t at)
{
	return arena_printf(r->arena, "%c%llu", phase, (unsigned long long)at);
}

static int
list_packs(struct reader *r, uint64_t after, struct str *next,
    struct err *err)
{
	struct sql *q = &r->e->backup.copy.from;
	int n = 0, rc = sql_first(q, SQL_backup_packs, SQL_VALS(vi(after),
	    vi(ROWS_A_CALL)), err);

	for (; rc > 0; rc = sql_next(q, SQL_backup_packs, err), n++) {
		after = sql_u64(q, backup_packs, pack);
		put_row(r, "packs", after, sql_u64(q, backup_packs, written));
	}
	*next = n < ROWS_A_CALL ? cursor_at(r, 'b', 0) :
	    cursor_at(r, 'p', after);
	return rc;
}

static int
list_blobs(struct reader *r, uint64_t after, struct str *next,
    struct err *err)
{
	struct sql *q = &r->e->backup.copy.from;
	int n = 0, rc = sql_first(q, SQL_backup_blobs, SQL_VALS(vi(after),
	    vi(ROWS_A_CALL)), err);

	for (; rc > 0; rc = sql_next(q, SQL_backup_blobs, err), n++) {
		after = sql_u64(q, backup_blobs, blob);
		put_row(r, "blobs", after, RECORD_HEADER +
		    sql_u64(q, backup_blobs, length) +
		    sql_u64(q, backup_blobs, facts));
	}
	*next = n < ROWS_A_CALL ? STR("j") : cursor_at(r, 'b', after);
	return rc;
}

struct journal_files {
	struct reader *r;
	size_t n;
};

static void
see_journal(void *arg, const char *name)
{
	struct journal_files *x = arg;
	struct files *fs = x->r->e->o.files;
	struct str path = arena_printf(x->r->arena, "journal/%.60s", name);
	uint64_t size = 0;
	struct file *f;

	if (backup_name_of(path).kind != BACKUP_journal || x->n == NAMES_MAX)
		return;
	if (fs->ops->open(fs, str_dupz(x->r->arena, path), 0, &f) < 0)
		return;
	if (fs->ops->size(f, &size) == 0 && size > 0) {
		msg_put(&x->r->rows, &backup_row_shape, &(struct backup_row){
		    path, size });
		x->n++;
	}
	file_close(f);
}

/* A month of days and their parts: in one answer, so far as there is room. */
static int
list_journal(struct reader *r, struct err *err)
{
	struct files *fs = r->e->o.files;
	struct journal_files x = { r, 0 };
	int rc = fs->ops->list(fs, "journal", see_journal, &x);

	return rc < 0 ? err_set(err, E_IO, "list journal: %s",
	    strerrordesc_np(-rc)) : 0;
}

static int
list_files(struct reader *r, struct str cursor, struct str *next,
    struct err *err)
{
	uint64_t after = 0;
	char phase = cursor.n ? cursor.p[0] : 'p';

	*next = STR_NULL;
	if (phase == 'j')
		return list_journal(r, err);
	if ((cursor.n && !str_u64(str_from(cursor, 1), &after)) ||
	    (phase != 'p' && phase != 'b') || !r->e->backup.copy.backup)
		return err_set(err, E_INVALID, "no such cursor");
	return phase == 'p' ? list_packs(r, after, next, err) :
	    list_blobs(r, after, next, err);
}

int
read_backup_files(struct reader *r, const struct caller *c,
    const struct backup_files_ask *ask, union store_answer *answer,
    struct err *err)
{
	int rc = lock_own(r->e, c, err);

	if (rc < 0)
		return rc;
	rc = list_files(r, ask->cursor, &answer->backup_files.next, err);
	pthread_mutex_unlock(&r->e->backup.lock);
	answer->backup_files.rows = buf_get(&r->rows);
	return rc;
}

/* ---- their octets ------------------------------------------------------- */

/* The name in the data folder. */
static int
name_here(struct reader *r, struct str name, bool is_whole, const char **out,
    struct err *err)
{
	enum backup_kind kind = backup_name_of(name).kind;

	if (kind == BACKUP_no_name || kind == BACKUP_key ||
	    (kind == BACKUP_database && !is_whole))
		return err_set(err, E_INVALID, "no file of a backup");
	*out = kind == BACKUP_database ? COPY : str_dupz(r->arena, name);
	return 0;
}

int
read_backup_read(struct reader *r, const struct caller *c,
    const struct backup_read_ask *ask, union store_answer *answer,
    struct err *err)
{
	size_t most = ask->most < MSG_CHUNK ? ask->most : MSG_CHUNK, got = 0;
	struct files *fs = r->e->o.files;
	const char *name = NULL;
	struct file *f;
	bool is_whole;
	char *room;
	int rc = lock_own(r->e, c, err);

	if (rc < 0)
		return rc;
	is_whole = r->e->backup.is_whole;
	pthread_mutex_unlock(&r->e->backup.lock);
	if (name_here(r, ask->name, is_whole, &name, err) < 0)
		return err->code;
	rc = fs->ops->open(fs, name, 0, &f);
	if (rc < 0)
		return err_set(err, rc == -ENOENT ? E_NOTFOUND : E_IO,
		    "%s: %s", name, strerrordesc_np(-rc));
	room = arena_alloc(r->arena, most + 1);
	rc = fs->ops->read(f, room, most, ask->offset, &got);
	file_close(f);
	if (rc < 0)
		return err_set(err, E_IO, "read %s: %s", name,
		    strerrordesc_np(-rc));
	answer->backup_read.octets = str_make(room, got);
	return 0;
}
