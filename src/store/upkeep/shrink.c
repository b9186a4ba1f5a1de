#include "store/upkeep/upkeep_int.h"

/*
 * The database gives back the pages that it does not use any more (a large
 * account was removed), while everybody goes on.
 *
 * Where more than a quarter of it has been unused for ten minutes, pages of its
 * end go to the places of unused ones, a slice between two batches of the
 * writer, until an eighth is unused: that is soon used again. The file gets
 * shorter with the checkpoint behind the last slice. What is damaged stays
 * where it is, and the database as large as it is until another start.
 *
 * A database that was made before this was there cannot do that until it has
 * been written anew (give_room_back() in engine/engine.c). What it costs is the
 * map of who points to a page: half a percent of what is written.
 */

enum {
	LOOK_EVERY_S = 60,
	UNUSED_S = 600,	/* what is unused for less is used again */
	PAGES_AT_ONCE = 16,
};

struct pages {
	uint64_t all, unused;
};

static int64_t
mono_s(const struct engine *e)
{
	return engine_mono_us(e) / 1000000;
}

static int
count_pages(struct engine *e, struct pages *n, struct err *err)
{
	int rc = sql_number(&e->w, SQL_page_count, NULL, 0, &n->all, err);

	return rc < 0 ? rc : sql_number(&e->w, SQL_page_unused, NULL, 0,
	    &n->unused, err);
}

/* Is it to begin? */
static int
look(struct engine *e, struct err *err)
{
	struct shrinking *x = &e->shrinking;
	uint64_t moves = 0;
	struct pages n;
	int rc = sql_number(&e->w, SQL_page_moves, NULL, 0, &moves, err);

	x->looked_s = mono_s(e);
	x->is_off = rc == 0 && moves != SQL_MOVES_INCREMENTAL;
	if (rc == 0)
		rc = count_pages(e, &n, err);
	if (rc < 0)
		return upkeep_pause(e, err);
	if (x->is_off || n.unused < e->o.unused_pages ||
	    n.unused * 4 <= n.all)
		x->since_s = 0;
	else if (x->since_s == 0)
		x->since_s = x->looked_s;
	else if (x->looked_s - x->since_s >= UNUSED_S)
		*x = (struct shrinking){ .at_work = true,
			.looked_s = x->looked_s, .before = n.all,
			.began_us = engine_mono_us(e) };
	return 0;
}

/* As many as the time allows, in a transaction. */
static int
give_some(struct engine *e, struct pages *n, struct err *err)
{
	int64_t until = engine_mono_us(e) + SLICE_US / 2;
	int rc = batch_transaction(e, err);

	if (rc == 0)
		rc = count_pages(e, n, err);
	while (rc == 0 && n->unused * 8 > n->all &&
	    engine_mono_us(e) < until) {
		rc = sql_give_pages_back(&e->w, PAGES_AT_ONCE, err);
		if (rc == 0)
			rc = count_pages(e, n, err);
	}
	return rc;
}

static void
tell_given(struct engine *e, bool done, uint64_t all)
{
	struct shrinking *x = &e->shrinking;

	if (e->o.log)
		log_event(e->o.log, done ? LOG_INFO : LOG_WARN,
		    "room_given_back", F_INT("done", done),
		    F_INT("pages", x->before - all), F_INT("of", x->before),
		    F_INT("ms", (engine_mono_us(e) - x->began_us) / 1000));
}

static int
give_slice(struct engine *e, bool *more, struct err *err)
{
	struct shrinking *x = &e->shrinking;
	struct pages n = { .all = x->before };
	int rc;

	batch_begin(e);
	rc = engine_is_last(e, err);
	if (rc < 0)
		return rc;
	(void)give_some(e, &n, err);
	rc = batch_finish(e, err);	/* or undone, if that failed */
	if (rc == BATCH_UNDONE) {	/* another time, or not at all */
		x->at_work = false;
		x->is_off = err->code == E_DAMAGED;
		tell_given(e, false, x->before);
		return 0;
	}
	*more = rc == 0 && n.unused * 8 > n.all;
	if (rc < 0 || *more)
		return rc;
	x->at_work = false;
	x->to_cut = true;
	tell_given(e, true, n.all);
	return 0;
}

/* A reader in the way of the checkpoint: with the next look. */
static int
cut_file(struct engine *e, struct err *err)
{
	int rc = sql_restart_wal(&e->w, 0, err);

	e->shrinking.looked_s = mono_s(e);
	e->shrinking.to_cut = e->w.wal_pages > 0;
	return rc;
}

int
shrink_slice(struct engine *e, bool *more, struct err *err)
{
	struct shrinking *x = &e->shrinking;
	int64_t since = mono_s(e) - x->looked_s;
	int rc = 0;

	*more = false;
	if (x->is_off || e->room.full || !e->room.whole ||
	    (!x->at_work && since >= 0 && since < LOOK_EVERY_S))
		return 0;
	if (!x->at_work)
		rc = x->to_cut ? cut_file(e, err) : look(e, err);
	if (rc == 0 && x->at_work)
		rc = give_slice(e, more, err);
	if (rc == 0 && x->to_cut)
		rc = cut_file(e, err);
	return rc;
}
