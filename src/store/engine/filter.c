#include "store/engine/filter.h"

#include <stdlib.h>

#include "store/engine/engine_int.h"

enum {
	KEPT_WEIGHTS = 64,	/* that are in memory: 128 KB each */
	KEPT_MAX = 10000,	/* accounts; more, if they taught today */
	DAY_S = 86400,
	/* The score from which on mail is spam, in thousandths: it goes up by
	 * as much as a lesson shows that good mail would have been called so,
	 * and down again slowly. Bounds of it, and where it begins. */
	BAR_AT_FIRST = 1000, BAR_LEAST = -1000, BAR_MOST = 4000,
	BAR_UP = 1000, BAR_DOWN = 1,
};

/* A lesson moves what is known of the account by a whole step, from what all of
 * it says together; and what everybody has taught by so much of one, from what
 * that says: so people learn from each other, and each has the last word. */
#define SHARE 0.5

struct taught {
	bool known;		/* what follows was looked up */
	struct weights *weights; /* NULL: none were learned */
	bool damaged;		/* they cannot be read: nothing is learned */
	struct list_link dirty;	/* of those that are to be written */
	uint64_t account;
	int bar;		/* of everybody's */
	/* Lessons for everybody on that day: its own, and mail to it. Stay when
	 * the rest is dropped: whoever can bring that about would begin at none
	 * again. */
	uint32_t shared, heard;
	int64_t day;
};

struct filter {
	struct map taught;	/* account -> struct taught */
	struct list dirty;
	size_t nweights;
	uint64_t counts;	/* atomic: spam in the upper half, and good */
};

struct filter *
filter_new(void)
{
	struct filter *f = calloc(1, sizeof(*f));

	bug_if(!f);
	return f;
}

static void
drop_weights(struct filter *f, struct taught *k)
{
	f->nweights -= k->weights != NULL;
	free(k->weights);
	k->weights = NULL;
}

static void
drop(struct filter *f, struct taught *k)
{
	drop_weights(f, k);
	k->known = false;
	list_unlink(&k->dirty);
}

/* Those of before `day` as a whole. */
static void
drop_all(struct filter *f, int64_t day)
{
	struct map_slot *s;
	size_t at = 0;

	while ((s = map_next(&f->taught, &at))) {
		struct taught *k = s->p;

		drop(f, k);
		if (k->day >= day)
			continue;
		map_del(&f->taught, k->account, 0, 0);
		free(k);
	}
}

/* In the midst of a batch, whose messages may go to very many: nothing of those
 * that it taught, nor of what is asked about every one of them. */
static void
make_room(struct filter *f)
{
	struct map_slot *s;
	size_t at = 0;

	if (f->nweights < KEPT_WEIGHTS)
		return;
	while ((s = map_next(&f->taught, &at))) {
		struct taught *k = s->p;

		if (k->weights && !list_linked(&k->dirty) &&
		    k->account != FILTER_EVERYBODY)
			drop(f, k);
	}
}

void
filter_free(struct filter *f)
{
	if (!f)
		return;
	drop_all(f, INT64_MAX);
	map_free(&f->taught);
	free(f);
}

/* ---- in memory ---------------------------------------------------------- */

static struct weights *
new_weights(struct filter *f)
{
	struct weights *w = calloc(1, sizeof(*w));

	bug_if(!w);
	f->nweights++;
	return w;
}

static bool
take_weights(struct weights *w, struct str octets)
{
	struct rd r = rd_of(octets);

	for (size_t i = 0; i < TRAIT_KINDS; i++)
		w->of[i] = (int16_t)rd_le16(&r);
	return rd_done(&r);
}

/* As it was committed last; what this batch has taught is in memory. */
static void
look_up(struct engine *e, uint64_t account, struct taught *k)
{
	struct sql *q = &e->look;
	int rc = sql_first(q, SQL_filter_get, SQL_VALS(vi(account)), NULL);

	k->known = true;
	k->damaged = false;
	k->bar = BAR_AT_FIRST;
	if (rc > 0) {
		k->weights = new_weights(e->filter);
		k->weights->spam = sql_u32(q, filter_get, spam);
		k->weights->good = sql_u32(q, filter_get, good);
		k->bar = (int)sql_i64(q, filter_get, bar);
		k->damaged = !take_weights(k->weights,
		    sql_str(q, filter_get, weights));
		sql_end(q, SQL_filter_get);
	}
	k->damaged |= rc < 0;
	if (k->damaged)
		drop_weights(e->filter, k);
}

static struct taught *
kept_of(struct engine *e, uint64_t account)
{
	struct taught *k = map_get(&e->filter->taught, account, 0, 0);

	if (k)
		return k;
	k = calloc(1, sizeof(*k));
	bug_if(!k);
	k->account = account;
	map_put(&e->filter->taught, account, 0, 0, k);
	return k;
}

static struct taught *
taught_of(struct engine *e, uint64_t account)
{
	struct taught *k = kept_of(e, account);

	if (!k->known) {
		make_room(e->filter);
		look_up(e, account, k);
	}
	return k;
}

static void
say_counts(struct engine *e)
{
	const struct taught *k = taught_of(e, FILTER_EVERYBODY);

	if (k->weights)
		__atomic_store_n(&e->filter->counts,
		    (uint64_t)k->weights->spam << 32 | k->weights->good,
		    __ATOMIC_RELAXED);
}

void
filter_begin(struct engine *e)
{
	say_counts(e);
	filter_forget(e);
}

struct filter_counts
filter_counts(const struct engine *e)
{
	uint64_t n = __atomic_load_n(&e->filter->counts, __ATOMIC_RELAXED);

	return (struct filter_counts){ (uint32_t)(n >> 32), (uint32_t)n };
}

bool
filter_knows(const struct engine *e)
{
	struct filter_counts n = filter_counts(e);

	return n.spam >= FILTER_LESSONS && n.good >= FILTER_LESSONS;
}

/* ---- asked and taught --------------------------------------------------- */

static double
score_of(struct engine *e, uint64_t account, struct str traits)
{
	const uint64_t who[] = { FILTER_EVERYBODY, account };
	double score = 0;

	for (size_t i = 0; i < (account ? 2 : 1); i++) {
		const struct taught *k = taught_of(e, who[i]);

		if (k->weights)
			score += weights_score(k->weights, traits);
	}
	return score;
}

bool
filter_is_spam(struct engine *e, uint64_t account, struct str traits,
    double *score)
{
	*score = 0;
	if (traits.n == 0 || !filter_knows(e))
		return false;
	*score = score_of(e, account, traits);
	return *score * 1000 > taught_of(e, FILTER_EVERYBODY)->bar;
}

/* Would it have been called spam? */
static void
move_bar(struct taught *k, double score)
{
	k->bar += score * 1000 > k->bar ? BAR_UP : -BAR_DOWN;
	k->bar = k->bar > BAR_MOST ? BAR_MOST :
	    k->bar < BAR_LEAST ? BAR_LEAST : k->bar;
}

static bool
knows_enough(const struct weights *w)
{
	return w->spam > FILTER_LESSONS && w->good > FILTER_LESSONS;
}

static void
teach(struct engine *e, struct taught *k, struct str traits, bool spam,
    double score, double share)
{
	if (k->damaged)
		return;
	if (!k->weights)
		k->weights = new_weights(e->filter);
	/* A count alone is written with what changes something. */
	if ((weights_learn(k->weights, traits, spam, score, share) ||
	    !knows_enough(k->weights)) && !list_linked(&k->dirty))
		list_append(&e->filter->dirty, &k->dirty);
}

static bool
may_say(struct taught *k, uint32_t *said, int64_t day)
{
	if (k->day != day)
		k->shared = k->heard = 0;
	k->day = day;
	return (*said)++ < FILTER_SHARED;
}

bool
filter_may_hear(struct engine *e, uint64_t account)
{
	struct taught *k = kept_of(e, account);

	return may_say(k, &k->heard, e->now_s / DAY_S);
}

void
filter_learn(struct engine *e, uint64_t account, struct str traits, bool spam)
{
	struct taught *all = taught_of(e, FILTER_EVERYBODY),
	    *own = account ? taught_of(e, account) : NULL;
	bool shared = !own || may_say(own, &own->shared, e->now_s / DAY_S);

	if (shared && !spam && filter_knows(e))
		move_bar(all, score_of(e, account, traits));
	if (shared)
		teach(e, all, traits, spam, score_of(e, FILTER_EVERYBODY,
		    traits), own ? SHARE : 1);
	if (own)
		teach(e, own, traits, spam, score_of(e, account, traits), 1);
}

/* ---- rows --------------------------------------------------------------- */

int
filter_remove(struct engine *e, uint64_t account, struct err *err)
{
	struct taught *k = kept_of(e, account);

	/* Its row can be seen until the batch is committed. */
	drop(e->filter, k);
	k->known = true;
	k->damaged = false;
	return sql_run(&e->w, SQL_filter_del, SQL_VALS(vi(account)), err);
}

static int
write_one(struct engine *e, const struct taught *k, struct err *err)
{
	const struct weights *w = k->weights;
	auto_buf b = BUF_INIT(sizeof(w->of));

	for (size_t i = 0; i < TRAIT_KINDS; i++)
		buf_le16(&b, (uint16_t)w->of[i]);
	return sql_run(&e->w, SQL_filter_put, SQL_VALS(vi(k->account),
	    vi(w->spam), vi(w->good), vi((uint64_t)(int64_t)k->bar),
	    vs(buf_get(&b))), err);
}

int
filter_write(struct engine *e, struct err *err)
{
	int rc = 0;

	list_each(struct taught, k, &e->filter->dirty, dirty) {
		rc = write_one(e, k, err);
		if (rc < 0)
			break;
	}
	return rc;
}

void
filter_clean(struct engine *e)
{
	struct filter *f = e->filter;

	if (!list_empty(&f->dirty))
		say_counts(e);
	while (list_pop_link(&f->dirty))
		continue;
	if (f->nweights > KEPT_WEIGHTS || f->taught.n > KEPT_MAX)
		drop_all(f, e->now_s / DAY_S);
}

void
filter_forget(struct engine *e)
{
	drop_all(e->filter, e->now_s / DAY_S);
}
