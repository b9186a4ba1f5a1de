#include "store/upkeep/upkeep_int.h"

/*
 * Packs give back the room of what was deleted in them.
 *
 * Where less than half of a pack lives, its living records are copied as they
 * are into the present pack, and their rows go along in the same commit: a
 * slice between two batches of the writer, so many octets a slice. What is
 * damaged stays where it is, and its pack with it.
 *
 * A pack of which nothing lives is removed a minute later, so that whoever
 * read a row before the commit still finds the file (and looks again if not:
 * blob_moved()); on a full disk at once. The present pack is given up when most
 * of it is dead; then it is one like the others.
 *
 *   Invariants: (1) a record is synced in its new place before the commit that
 *   moves its row; (2) nothing of a pack lives, by a commit, before its file
 *   goes, and its file is gone for good before its row. So a crash leaves a
 *   row without a file at most, which nobody misses, and never a file that
 *   nobody names.
 */

enum {
	LOOK_EVERY_S = 20,
	EMPTY_S = 60,
	SPARSE_S = 600,	/* what goes soon after it came goes by itself */
	UNFILLED_S = 3600,
	SLICE_OCTETS = 128 * 1024,
	ROOM = 2 * LARGE_FROM,	/* for a record of a pack */
};

/* What a pack was seen to be. */
enum seen { SEEN_EMPTY = 1, SEEN_SPARSE, SEEN_DONE };

static int64_t
mono_s(const struct engine *e)
{
	return engine_mono_us(e) / 1000000;
}

static int64_t
seen_for_s(struct engine *e, enum seen what, uint64_t pack)
{
	struct map_slot *s = map_add(&e->compaction.seen, what, pack, 0);

	if (s->number == 0)
		s->number = (uint64_t)mono_s(e);
	return mono_s(e) - (int64_t)s->number;
}

static void
forget_pack(struct engine *e, uint64_t pack)
{
	for (uint64_t what = SEEN_EMPTY; what <= SEEN_DONE; what++)
		map_del(&e->compaction.seen, what, pack, 0);
}

/* ---- which packs ------------------------------------------------------- */

struct packs_seen {
	uint64_t pack, written, live;	/* the one with most to give back */
	struct VEC(uint64_t) gone;
};

static void
look_at_open(struct engine *e, uint64_t written, uint64_t live)
{
	struct compaction *x = &e->compaction;

	if (written != x->filled) {
		x->filled = written;
		x->filled_s = mono_s(e);
	}
	if (live * 2 < written && (written * 4 >= e->o.pack_octets ||
	    mono_s(e) - x->filled_s >= UNFILLED_S))
		packs_retire(e->packs);
}

static void
look_at_pack(struct engine *e, struct packs_seen *s)
{
	struct sql *q = &e->w;
	uint64_t pack = sql_u64(q, pack_list, pack);
	uint64_t live = sql_u64(q, pack_list, live);
	uint64_t written = sql_u64(q, pack_list, written);

	if (packs_is_open(e->packs, pack)) {
		look_at_open(e, written, live);
	} else if (packs_is_next(e->packs, pack)) {
		return;	/* it has its row, and no file yet */
	} else if (live == 0) {
		if (seen_for_s(e, SEEN_EMPTY, pack) >= EMPTY_S || e->room.full)
			vec_push(&s->gone, pack);
	} else if (live * 2 < e->o.pack_octets &&
	    !map_find(&e->compaction.seen, SEEN_DONE, pack, 0) &&
	    seen_for_s(e, SEEN_SPARSE, pack) >= SPARSE_S &&
	    (s->pack == 0 || live < s->live)) {
		s->pack = pack;
		s->written = written;
		s->live = live;
	}
}

static int
look_at_all(struct engine *e, struct packs_seen *s, struct err *err)
{
	int rc = sql_first(&e->w, SQL_pack_list, NULL, 0, err);

	while (rc > 0) {
		look_at_pack(e, s);
		rc = sql_next(&e->w, SQL_pack_list, err);
	}
	return rc;
}

static int
drop_rows(struct engine *e, const uint64_t *pack, size_t n, struct err *err)
{
	int rc = batch_transaction(e, err);

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = sql_run(&e->w, SQL_pack_del, SQL_VALS(vi(pack[i])), err);
	return rc < 0 ? rc : batch_finish(e, err);
}

static int
remove_packs(struct engine *e, const uint64_t *pack, size_t n, struct err *err)
{
	int rc;

	batch_begin(e);
	rc = engine_is_last(e, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n; i++)
		if (packs_remove(e->packs, pack[i], err) < 0)
			return upkeep_pause(e, err);
	rc = drop_rows(e, pack, n, err);
	for (size_t i = 0; i < n && rc == 0; i++)
		forget_pack(e, pack[i]);
	return rc == BATCH_UNDONE ? 0 : rc;
}

static int
look(struct engine *e, struct err *err)
{
	struct compaction *x = &e->compaction;
	struct packs_seen s = { 0 };
	int rc = look_at_all(e, &s, err);

	x->looked_s = mono_s(e);
	if (rc < 0)
		rc = upkeep_pause(e, err);
	else if (s.gone.n)
		rc = remove_packs(e, s.gone.p, s.gone.n, err);
	vec_free(&s.gone);
	x->pack = s.pack;
	x->written = s.written;
	x->at = x->moved = 0;
	return rc;
}

/* ---- moving ------------------------------------------------------------ */

struct moving {
	struct engine *e;
	uint64_t pack, at, moved;
	struct buf room;
};

static int
move_record(struct moving *m, const struct place *from, struct err *err)
{
	struct sql *q = &m->e->w;
	struct place to;
	int rc;

	if (packs_read_record(m->e->packs, from, &m->room, err) < 0)
		return E_DAMAGED;
	rc = packs_put_record(m->e->packs, buf_get(&m->room), from, &to, err);
	if (rc == 0)
		rc = sql_run(q, SQL_blob_move, SQL_VALS(vi(to.pack),
		    vi(to.at), vi(to.blob)), err);
	if (rc == 0)
		rc = sql_run(q, SQL_pack_free, SQL_VALS(
		    vi(place_octets(from)), vi(m->pack)), err);
	m->moved += place_octets(from);
	return rc;
}

static int
move_next(struct moving *m, struct err *err)
{
	struct place there, row;
	int rc;

	if (packs_look(m->e->packs, m->pack, m->at, m->e->compaction.written,
	    &there, err) < 0)
		return E_DAMAGED;
	rc = place_get(&m->e->w, there.blob, &row, err);
	if (rc == 0 && row.pack == m->pack && row.at == m->at)
		rc = move_record(m, &row, err);
	if (rc == E_NOTFOUND)
		rc = 0;
	m->at += rc == 0 ? place_octets(&there) : 0;
	return rc;
}

/* As much as the time allows, and the octets. A record larger than what is
 * allowed goes all the same; the next slices wait for it. */
static int
move_some(struct moving *m, struct err *err)
{
	struct compaction *x = &m->e->compaction;
	int64_t until = engine_mono_us(m->e) + SLICE_US;
	int rc;

	batch_begin(m->e);
	rc = engine_is_last(m->e, err);
	if (rc == 0)
		rc = batch_transaction(m->e, err);
	while (rc == 0 && m->at < x->written &&
	    (int64_t)m->moved < x->octets && engine_mono_us(m->e) < until)
		rc = move_next(m, err);
	return rc;
}

/* Walked to its end, or as far as it goes: it is not begun again. What is left
 * living in it keeps it. */
static void
end_pack(struct engine *e, const struct err *why)
{
	struct compaction *x = &e->compaction;

	(void)seen_for_s(e, SEEN_DONE, x->pack);
	if (e->o.log && why)
		log_event(e->o.log, LOG_ERROR, "pack_left", F_INT("pack",
		    x->pack), F_INT("at", x->at), F_ERR(why));
	else if (e->o.log)
		log_event(e->o.log, LOG_INFO, "pack_compacted",
		    F_INT("pack", x->pack), F_INT("octets", x->written),
		    F_INT("moved", x->moved));
	x->pack = 0;
}

static int
commit_moved(struct moving *m, struct err *err)
{
	struct compaction *x = &m->e->compaction;
	int rc = 0;

	if (m->moved || m->e->w.failed)
		rc = batch_finish(m->e, err);
	else
		sql_rollback(&m->e->w);
	if (rc != 0)
		return rc;
	x->at = m->at;
	x->moved += m->moved;
	x->octets -= (int64_t)m->moved;
	return 0;
}

static int
move_slice(struct engine *e, struct err *err)
{
	struct compaction *x = &e->compaction;
	struct moving m = { .e = e, .pack = x->pack, .at = x->at,
		.room = BUF_INIT(ROOM) };
	struct err why = { 0 };
	int damaged, rc = move_some(&m, &why);

	buf_free(&m.room);
	damaged = rc == E_DAMAGED;
	if (rc == E_FULL) {
		room_was_full(e, &why);
		e->half_written = true;
	} else if (rc < 0 && !damaged) {
		*err = why;
		return rc;
	}
	rc = commit_moved(&m, err);
	if (damaged)
		end_pack(e, &why);
	else if (rc == BATCH_UNDONE)
		x->pack = 0; /* another time */
	else if (rc == 0 && x->at >= x->written)
		end_pack(e, NULL);
	return rc < 0 ? rc : 0;
}

int
compact_slice(struct engine *e, bool *more, struct err *err)
{
	struct compaction *x = &e->compaction;
	int64_t since = mono_s(e) - x->looked_s;
	int rc = 0;

	if (e->salvage_from)	/* what nobody names may be mail */
		return 0;
	if (x->pack == 0 && since >= 0 && since < LOOK_EVERY_S)
		return 0;
	if (x->pack == 0)
		rc = look(e, err);
	if (rc < 0 || x->pack == 0 || e->room.full || !e->room.whole)
		return rc;
	x->octets += SLICE_OCTETS;
	if (x->octets > SLICE_OCTETS)
		x->octets = SLICE_OCTETS;
	rc = move_slice(e, err);
	*more = rc == 0 && x->pack;
	return rc;
}
