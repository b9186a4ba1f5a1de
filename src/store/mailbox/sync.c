#include "store/engine/engine_int.h"
#include "store/engine/view.h"

/*
 * What is new since a view was told. A part of it when there is too much:
 * changes are told in order of modseq, and no modseq by halves, so the new
 * view is again two numbers. One modseq's rows (a slice of STORE) and
 * expunges (a slice of EXPUNGE) always fit an answer.
 */

enum { ROWS_MAX = 99000, GONE_MAX = 16384 };

struct syncing {
	struct reader *r;
	const struct sync_ask *ask;
	const struct column *c;
	uint64_t arrivals, expunges;
	struct buf uids;	/* of those that are gone */
	bool more;
};

/* How far expunges can be told: all the way where there are none. The dead are
 * in order of their modseq. */
static void
choose_expunges(struct syncing *s)
{
	const struct column *c = s->c;
	size_t from = c->dead.n, n, i;

	s->expunges = s->ask->expunges;
	if (c->modseq <= s->ask->expunges)
		return;
	while (from > 0 && c->dead.p[from - 1].expunged > s->ask->expunges)
		from--;
	n = c->dead.n - from;
	if (n > 0 && !s->ask->expunge_ok)
		return;
	if (n <= GONE_MAX) {
		s->expunges = c->modseq;
		return;
	}
	i = from + GONE_MAX;
	while (i > from && c->dead.p[i - 1].expunged == c->dead.p[i].expunged)
		i--;
	if (i > from)
		s->expunges = c->dead.p[i - 1].expunged;
	s->more = true;
}

static void
put_gone(struct syncing *s)
{
	struct view_on old;
	size_t i;

	view_make(&old, s->c, s->ask->arrivals, s->ask->expunges,
	    s->r->arena);
	for (i = old.ndead; i > 0; i--)
		if (old.dead[i - 1]->expunged <= s->expunges) {
			buf_le32(&s->r->more,
			    (uint32_t)old.dead_at[i - 1] + 1);
			buf_le32(&s->uids, old.dead[i - 1]->uid);
		}
}

struct changed_row {
	uint64_t modseq;
	size_t i;
};

static int
by_modseq(const void *a, const void *b)
{
	const struct changed_row *x = a, *y = b;

	return x->modseq < y->modseq ? -1 : x->modseq > y->modseq;
}

static size_t
row_octets(const struct syncing *s, const struct changed_row *x)
{
	const struct column_row *r = &s->c->live.p[x->i];

	return view_row_octets(column_keywords(s->c, r->keywords),
	    &brings_nothing);
}

/* How many of the rows fit, whole modseqs only; at least one modseq. */
static size_t
how_many(const struct syncing *s, const struct changed_row *x, size_t n)
{
	size_t octets = 0, i, whole = 0;

	for (i = 0; i < n; i++) {
		if (i > 0 && x[i].modseq != x[i - 1].modseq)
			whole = i;
		octets += row_octets(s, &x[i]);
		if (octets > ROWS_MAX)
			return whole;
	}
	return n;
}

static int
by_index(const void *a, const void *b)
{
	const struct changed_row *x = a, *y = b;

	return x->i < y->i ? -1 : x->i > y->i;
}

static void
put_rows(struct syncing *s, struct changed_row *x, size_t n)
{
	const struct column_row *row;
	struct view_on v;
	size_t i;

	view_make(&v, s->c, s->arrivals, s->expunges, s->r->arena);
	if (n > 1)
		qsort(x, n, sizeof(*x), by_index);
	for (i = 0; i < n; i++) {
		row = &s->c->live.p[x[i].i];
		view_put_row(&s->r->rows,
		    (uint32_t)view_seek(&v, row->uid) + 1, row,
		    column_keywords(s->c, row->keywords),
		    &brings_nothing);
	}
}

/* Live messages of the old view that changed since. */
static void
choose_rows(struct syncing *s)
{
	const struct column *c = s->c;
	struct VEC(struct changed_row) x = { 0 };
	size_t i, fit;

	for (i = 0; i < c->live.n && c->live.p[i].created <= s->ask->arrivals;
	     i++) {
		if (c->live.p[i].modseq <= s->ask->arrivals)
			continue;
		vec_push(&x, (struct changed_row){ c->live.p[i].modseq, i });
	}
	if (x.n > 1)
		qsort(x.p, x.n, sizeof(*x.p), by_modseq);
	fit = how_many(s, x.p, x.n);
	if (fit < x.n)
		s->more = true;
	s->arrivals = fit < x.n ? x.p[fit].modseq - 1 : c->modseq;
	put_rows(s, x.p, fit);
	vec_free(&x);
}

static void
fill_sync(struct syncing *s, struct sync_answer *out)
{
	struct view_on v;

	choose_expunges(s);
	if (s->expunges > s->ask->expunges)
		put_gone(s);
	s->arrivals = s->ask->arrivals;
	if (s->c->modseq > s->ask->arrivals)
		choose_rows(s);
	view_make(&v, s->c, s->arrivals, s->expunges, s->r->arena);
	*out = (struct sync_answer){ s->arrivals, s->expunges, (uint32_t)v.n,
		buf_get(&s->r->more), buf_get(&s->r->rows), s->more,
		s->c->recent_from < s->c->uidnext,
		str_dup(s->r->arena, buf_get(&s->uids)) };
}

int
read_sync(struct reader *r, const struct caller *c,
    const struct sync_ask *ask, union store_answer *answer, struct err *err)
{
	struct syncing s = { .r = r, .ask = ask,
		.uids = BUF_INIT(GONE_MAX * 4) };
	struct column *col;
	int rc = columns_get_as(r->e->columns, &r->q, c->account,
	    ask->mailbox, caller_reader(c), &col, err);

	if (rc < 0)
		return rc;
	pthread_rwlock_rdlock(&col->lock);
	s.c = col;
	if (ask->expunges < col->forgotten)
		rc = err_set(err, E_STALE, "what was expunged since is "
		    "forgotten");
	else
		fill_sync(&s, &answer->sync);
	pthread_rwlock_unlock(&col->lock);
	columns_put(r->e->columns, col);
	if (caller_reader(c))
		answer->sync.untold = false;	/* recent.c */
	buf_free(&s.uids);
	return rc;
}
