/*
 * tombstones.c - expunges are forgotten, a week or two after.
 *
 * What was expunged stays as a row, so that a session that has not heard of
 * it, or a client that comes back (RFC 7162 3.2.5), can be told. When is a
 * matter of the account, which has the counter: its mark is the modseq it had
 * then, and once the mark is a week old, tombstones up to it may go and another
 * one is set. The floor is each mailbox's own, and no higher than what went in
 * it, so nobody is behind who missed nothing.
 *
 * A session's view is told of expunges with nearly every command, so one that
 * is a week behind is most likely nobody's. It is E_STALE from then on.
 */
#include "store/upkeep/upkeep_int.h"

enum { WEEK_S = 7 * 86400, ROUND_S = 3600, ROWS_A_SLICE = 1000 };

struct floor {
	uint64_t mailbox, forgotten;
};
struct forgetting {
	struct engine *e;
	uint64_t account, below;
	struct VEC(struct floor) floors;	/* that rise with this slice */
	bool all;	/* no tombstone that may go is left */
};

/* Which tombstones may go: those that were there when the mark was set, which
 * is a week ago. */
static int
find_below(struct forgetting *f, struct err *err)
{
	struct sql *q = &f->e->w;
	int64_t now = f->e->now_s, marked_s = 0;
	uint64_t mark = 0, modseq;
	int rc = sql_first(q, SQL_expunge_mark, SQL_VALS(vi(f->account)), err);

	f->below = 0;
	if (rc > 0) {
		f->below = sql_u64(q, expunge_mark, below);
		mark = sql_u64(q, expunge_mark, mark);
		marked_s = sql_i64(q, expunge_mark, marked_at);
		sql_end(q, SQL_expunge_mark);
	}
	if (rc < 0 || (now >= marked_s && now - marked_s < WEEK_S))
		return rc < 0 ? rc : 0;
	rc = sql_number(q, SQL_account_modseq, SQL_VALS(vi(f->account)),
	    &modseq, err);
	if (rc < 0 || modseq == 0) /* it is being removed */
		return rc;
	if (now >= marked_s)
		f->below = mark;
	else
		modseq = mark;	/* by a clock that was set back: a week more */
	return sql_run(q, SQL_expunge_mark_put, SQL_VALS(vi(f->account),
	    vi(f->below), vi(modseq), vi((uint64_t)now)), err);
}

static int
find_floors(struct forgetting *f, struct err *err)
{
	struct sql *q = &f->e->w;
	int rc = sql_first(q, SQL_tombstones, SQL_VALS(vi(f->account),
	    vi(f->below), vi(ROWS_A_SLICE)), err);

	for (; rc > 0; rc = sql_next(q, SQL_tombstones, err))
		vec_push(&f->floors, (struct floor){
		    sql_u64(q, tombstones, mailbox),
		    sql_u64(q, tombstones, forgotten) });
	return rc;
}

static int
forget_some(struct forgetting *f, struct err *err)
{
	struct sql *q = &f->e->w;
	int rc = find_below(f, err);

	if (rc == 0)
		rc = find_floors(f, err);
	for (size_t i = 0; i < f->floors.n && rc == 0; i++)
		rc = sql_run(q, SQL_floor_put, SQL_VALS(vi(f->account),
		    vi(f->floors.p[i].mailbox), vi(f->floors.p[i].forgotten)),
		    err);
	if (rc == 0 && f->floors.n)
		rc = sql_change(q, SQL_tombstone_del, SQL_VALS(
		    vi(f->account), vi(f->below), vi(ROWS_A_SLICE)), err);
	f->all = rc < ROWS_A_SLICE;
	return rc < 0 ? rc : 0;
}

/* Some of the next account that has any (0: none has), in a commit. */
static int
next_account(struct forgetting *f, struct err *err)
{
	struct engine *e = f->e;
	int before = sql_changes(&e->w), rc;

	f->floors.n = 0;
	f->all = true;
	batch_begin(e);
	rc = batch_transaction(e, err);
	if (rc == 0)
		rc = sql_number(&e->w, SQL_tombstone_account, SQL_VALS(
		    vi(e->tombstones_of)), &f->account, err);
	if (rc == 0 && f->account)
		rc = forget_some(f, err);
	if (rc < 0)
		f->account = 0;
	rc = upkeep_finish(e, before, rc, err);
	for (size_t i = 0; i < f->floors.n && rc == 0 && f->account; i++)
		columns_forget(e->columns, f->account, f->floors.p[i].mailbox,
		    f->floors.p[i].forgotten);
	return rc;
}

int
tombstones_slice(struct engine *e, bool *more, struct err *err)
{
	struct forgetting f = { .e = e, .account = 1, .all = true };
	int64_t until = engine_mono_us(e) + SLICE_US / 2;
	int64_t since = e->now_s - e->tombstones_s;
	int rc;

	if (e->room.full || (!e->tombstones_more && since >= 0 &&
	    since < ROUND_S))
		return 0;
	rc = engine_is_last(e, err);
	while (rc == 0 && f.all && f.account && engine_mono_us(e) < until) {
		rc = next_account(&f, err);
		if (rc == 0 && f.all)
			e->tombstones_of = f.account;
	}
	vec_free(&f.floors);
	e->tombstones_s = e->now_s;
	*more = rc == 0 && f.account;
	e->tombstones_more = *more;
	return rc == BATCH_UNDONE ? 0 : rc;
}
