/*
 * stage.c - octets that are handed in piece by piece before the message they
 * belong to: in memory while they are few, then in the file of a large blob.
 */
#include "store/engine/engine_int.h"

enum {
	STAGES_ACCOUNT = 16,
	/* One worker of mx has many sessions: all it has staged is bounded by
	 * octets, so slow ones that each hold a little are in nobody's way. */
	STAGES_MX = 4096,	/* for their files */
	STAGED_MESSAGES = 32,	/* of the largest size, and */
	STAGED_MX = 1 << 30,	/* at least */
	MEMORY_MAX = 64 << 20,	/* of all stages; then files take over */
	/* What our own server puts before a text that it agreed to take: the
	 * trace, and fields that were missing. */
	OWN_OCTETS = 16 * 1024,
};

struct stage {
	struct list_link link;
	struct caller *caller;
	uint64_t id, size;
	struct buf octets;	/* while there is no file */
	struct large *large;
	struct chunk_sum sum;
	bool used;		/* by this batch */
};
struct stages {
	struct list all;	/* the oldest is the last */
	size_t n;
	uint64_t octets;
};

static struct stage *
stage_find(struct caller *c, uint64_t id)
{
	if (!c->stages)
		return NULL;
	list_each(struct stage, s, &c->stages->all, link)
		if (s->id == id)
			return s;
	return NULL;
}

static void
stage_free(struct engine *e, struct stage *s)
{
	list_unlink(&s->link);
	s->caller->stages->n--;
	s->caller->stages->octets -= s->size;
	e->staged_octets -= s->octets.n;
	buf_free(&s->octets);
	free(s);
}

static void
drop_stage(struct engine *e, struct stage *s)
{
	if (s->large)
		large_drop(s->large);
	stage_free(e, s);
}

void
engine_forget(struct engine *e, struct caller *c)
{
	backup_forget(e, c);
	if (!c->stages)
		return;
	list_each(struct stage, s, &c->stages->all, link)
		drop_stage(e, s);
	free(c->stages);
	c->stages = NULL;
}

static uint64_t
staged_most(const struct engine *e)
{
	uint64_t most = STAGED_MESSAGES * engine_max_message(e);

	if (e->o.staged_octets)
		return e->o.staged_octets;
	return most > STAGED_MX ? most : STAGED_MX;
}

/* Who has taken longest gives way: what is slow, and not what comes now. */
static void
make_way(struct engine *e, struct stages *all, const struct stage *but,
    uint64_t octets)
{
	uint64_t most = staged_most(e);
	struct stage *oldest;

	while (all->n > STAGES_MX || all->octets + octets > most) {
		oldest = NULL;
		list_each(struct stage, s, &all->all, link)
			if (s != but && !s->used)
				oldest = s;
		if (!oldest)
			return;
		drop_stage(e, oldest);
	}
}

static int
new_stage(struct engine *e, struct caller *c, struct stage **out,
    struct err *err)
{
	struct stage *s;

	if (!c->stages)
		c->stages = calloc(1, sizeof(*c->stages));
	bug_if(!c->stages);
	if (c->authority != AUTH_MX && c->stages->n >= STAGES_ACCOUNT)
		return err_set(err, E_LIMIT, "too many staged at once");
	s = calloc(1, sizeof(*s));
	bug_if(!s);
	s->caller = c;
	s->id = ++e->next_stage;
	s->octets = BUF_INIT(LARGE_FROM);
	list_prepend(&c->stages->all, &s->link);
	c->stages->n++;
	*out = s;
	return 0;
}

/* What is in memory becomes the start of a file. */
static int
spill(struct engine *e, struct stage *s, struct err *err)
{
	int rc = large_new(e->packs, e->next_blob, &s->large, err);

	if (rc < 0)
		return rc;
	e->next_blob++;
	rc = large_write(s->large, buf_get(&s->octets), 0, err);
	if (rc < 0)
		return rc;
	e->staged_octets -= s->octets.n;
	buf_free(&s->octets);
	return 0;
}

static int
add_piece(struct engine *e, struct stage *s, struct str octets,
    struct err *err)
{
	uint64_t max = engine_max_message(e) + OWN_OCTETS;
	int rc = 0;

	/* Chunks have heads, and some do not get smaller. */
	if (s->size + octets.n > max + max / 1024 + 4096)
		return err_set(err, E_LIMIT, "larger than a message may be");
	if (s->caller->authority == AUTH_MX)
		make_way(e, s->caller->stages, s, octets.n);
	if (!s->large && (octets.n > LARGE_FROM - s->octets.n ||
	    e->staged_octets + octets.n > MEMORY_MAX))
		rc = spill(e, s, err);
	if (rc == 0 && s->large)
		rc = large_write(s->large, octets, s->size, err);
	if (rc < 0)
		return rc;
	if (!s->large) {
		buf_str(&s->octets, octets);
		e->staged_octets += octets.n;
	}
	s->size += octets.n;
	chunk_sum_add(&s->sum, octets);
	s->caller->stages->octets += octets.n;
	return 0;
}

int
write_stage(struct engine *e, struct write *w)
{
	const struct stage_ask *ask = w->ask;
	struct stage *s = NULL;
	int rc = 0;

	if (ask->stage == 0)
		rc = new_stage(e, w->caller, &s, &w->err);
	else
		s = stage_find(w->caller, ask->stage);
	if (rc < 0)
		return rc;
	if (!s)
		return err_set(&w->err, E_NOTFOUND, "no such stage");
	if (ask->offset != s->size)
		rc = err_set(&w->err, E_INVALID, "a piece out of order");
	else
		rc = add_piece(e, s, ask->octets, &w->err);
	if (rc == E_FULL)
		room_was_full(e, &w->err);
	if (rc < 0) {
		drop_stage(e, s); /* it has a hole */
		return rc;
	}
	w->answer.stage.stage = s->id;
	return 0;
}

int
write_unstage(struct engine *e, struct write *w)
{
	const struct unstage_ask *ask = w->ask;
	struct stage *s = stage_find(w->caller, ask->stage);

	if (s && !s->used)
		drop_stage(e, s);
	return 0;
}

/* How long a message is decides about quotas and about what is promised to
 * those who read it: the sum of its chunks, not what a role says. */
static int
check_size(const struct blob_ask *b, const struct chunk_sum *sum,
    struct err *err)
{
	if (chunk_sum_is_whole(sum) && sum->raw == b->raw_size)
		return 0;
	return err_set(err, E_INVALID, "a text of another length than said");
}

static int
place_stage(struct engine *e, const struct blob_ask *b,
    struct blob_parts *parts, struct place *at, struct err *err)
{
	struct stage *s = stage_find(b->caller, b->stage);
	int rc;

	if (!s || s->used)
		return err_set(err, E_NOTFOUND, "no such stage");
	rc = check_size(b, &s->sum, err);
	if (rc < 0)
		return rc;
	parts->octets = buf_get(&s->octets);
	if (s->large) {
		parts->blob = large_blob(s->large);
		rc = large_finish(s->large, parts, at, err);
	} else {
		parts->blob = e->next_blob++;
		rc = packs_put(e->packs, parts, at, err);
	}
	if (rc < 0)
		return rc;
	s->used = true;
	vec_push(&e->used_stages, s);
	return 0;
}

static int
place_inline(struct engine *e, const struct blob_ask *b,
    struct blob_parts *parts, struct place *at, struct err *err)
{
	struct chunk_sum sum = { 0 };
	int rc;

	chunk_sum_add(&sum, b->octets);
	rc = check_size(b, &sum, err);
	if (rc < 0)
		return rc;
	parts->blob = e->next_blob++;
	parts->octets = b->octets;
	return packs_put(e->packs, parts, at, err);
}

int
stage_place(struct engine *e, const struct blob_ask *b, struct place *at,
    struct err *err)
{
	struct blob_parts parts = { .account = b->account,
		.facts = b->facts, .front = b->front };
	int rc;

	if (b->front.n && (b->front.n > FRONT_MAX ||
	    !str_endsi(b->front, STR("\r\n"))))
		return err_set(err, E_INVALID, "these are no header fields");
	if (b->raw_size > engine_max_message(e) + OWN_OCTETS)
		return err_set(err, E_LIMIT, "larger than a message may be");
	if (b->stage)
		rc = place_stage(e, b, &parts, at, err);
	else
		rc = place_inline(e, b, &parts, at, err);
	if (rc == E_FULL)
		room_was_full(e, err);
	/* Not this blob's fault alone: the whole batch is lost. */
	if (rc < 0 && (packs_broken(e->packs) || rc == E_IO))
		e->w.failed = rc;
	return rc;
}

int
stage_sync(struct engine *e, struct err *err)
{
	int rc = 0;
	size_t i;

	for (i = 0; i < e->used_stages.n && rc == 0; i++)
		if (e->used_stages.p[i]->large)
			rc = large_sync(e->used_stages.p[i]->large, err);
	return rc;
}

void
stage_commit(struct engine *e)
{
	size_t i;

	for (i = 0; i < e->used_stages.n; i++) {
		if (e->used_stages.p[i]->large)
			large_keep(e->used_stages.p[i]->large);
		stage_free(e, e->used_stages.p[i]);
	}
	e->used_stages.n = 0;
}

/* The batch was undone: what it used is staged as before. */
void
stage_abort(struct engine *e)
{
	size_t i;

	for (i = 0; i < e->used_stages.n; i++)
		e->used_stages.p[i]->used = false;
	e->used_stages.n = 0;
}
