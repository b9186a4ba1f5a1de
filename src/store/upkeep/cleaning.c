#include "store/upkeep/upkeep_int.h"

/*
 * What the writer does between two batches when nobody waits: it lets go what
 * was to leave later (release.c), and holds what waits or lets it go
 * (holding.c, stopped_queues.c); then come rows that nobody names (gc.c), and
 * when none is left, mail that is too old where it is (empty.c), tombstones,
 * keys of conversations, packs and the database's own room (tombstones.c,
 * conversations.c, compact.c, shrink.c).
 * While a backup is made all of that waits (engine/backup.h).
 * Where it was begun without writing, it looks whether that is over.
 */

enum { TRY_EVERY_S = 5 };

/* Begun without writing: is that over? Only a new process can open the files
 * again that are open for reading. */
static int
write_again(struct engine *e, struct err *err)
{
	struct err why = { 0 };
	struct file *f;
	bool writable;
	int rc;

	if (e->now_s - e->cleaned_s < TRY_EVERY_S && e->now_s >= e->cleaned_s)
		return 0;
	e->cleaned_s = e->now_s;
	if (sql_is_read_only(&e->w)) {
		if (e->o.files->ops->open(e->o.files, "postern.db", 0, &f) < 0)
			return 0;
		writable = !f->read_only;
		file_close(f);
		return writable ? err_set(err, E_STALE,
		    "the file system can be written again") : 0;
	}
	rc = engine_begin_writing(e, &why);
	if (rc == 0)
		room_refuse(e, &(struct err){ 0 });
	else if (rc != E_FULL)
		*err = why;
	return rc == E_FULL ? 0 : rc;
}

/* Something failed lately. By a clock that was set back nobody waits longer. */
static bool
pauses(const struct engine *e)
{
	return e->now_s < e->gc_after_s && e->gc_after_s - e->now_s <= PAUSE_S;
}

int
engine_gc(struct engine *e, bool *more, struct err *err)
{
	int rc;

	*more = false;
	e->now_s = e->o.wall_us(e->o.arg) / 1000000;
	if (e->refusal.code)
		return write_again(e, err);
	room_look(e);
	rc = later_slice(e, more, err);
	if (rc == 0 && !*more)
		rc = holding_slice(e, more, err);
	if (rc == 0 && !*more && !pauses(e))
		rc = stopped_queues_slice(e, more, err);
	if (rc < 0 || *more || backup_pins(e) || pauses(e))
		return rc;
	rc = gc_slice(e, more, err);
	if (rc < 0 || *more || e->gc_after_s > e->now_s)
		return rc;
	rc = empty_slice(e, more, err);
	if (rc == 0 && !*more)
		rc = tombstones_slice(e, more, err);
	if (rc == 0 && !*more)
		rc = conversations_slice(e, err);
	if (rc == 0 && !*more)
		rc = compact_slice(e, more, err);
	return rc < 0 || *more ? rc : shrink_slice(e, more, err);
}
