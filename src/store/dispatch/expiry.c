#include "store/dispatch/expiry.h"

#include <stdlib.h>

#include "base/log.h"

enum { AGAIN_S = 3600, MORE_US = 5000, LATER_US = 1000000,
	FAILED_US = 30000000 };
static const int64_t SECOND = 1000000;

struct cursor {
	int64_t age_s;		/* 0: never */
	uint64_t message;	/* all up to here was seen */
	uint32_t n;
	int64_t next, again;
};

struct expiry {
	struct expiry_use use;
	struct cursor cursor[2];	/* by enum queue_walk */
	struct along {
		struct queue_place at;	/* all up to here was seen */
		int64_t next, again;
	} by, give_up;
};

struct expiry *
expiry_new(const struct expiry_use *use)
{
	struct expiry *w = calloc(1, sizeof(*w));

	bug_if(!w);
	w->use = *use;
	return w;
}

void
expiry_free(struct expiry *w)
{
	free(w);
}

void
expiry_settings(struct expiry *w, const struct queue_settings *o)
{
	w->cursor[WALK_expired] = (struct cursor){ .age_s = o->expire_s };
	w->cursor[WALK_delayed] = (struct cursor){ .age_s = o->notice_s };
}

void
expiry_again(struct expiry *w)
{
	for (size_t i = 0; i < NELEM(w->cursor); i++)
		w->cursor[i] = (struct cursor){ .age_s = w->cursor[i].age_s };
	w->by.next = w->by.again = 0;
	w->give_up = (struct along){ 0 };
}

void
expiry_by(struct expiry *w, int64_t due)
{
	if (due < w->by.next)
		w->by.next = due;
	if (due < w->give_up.next)
		w->give_up.next = due;
	/* It may be one that was later, or held, when the walk came by. */
	w->give_up.at = (struct queue_place){ 0 };
}

static void
tell_found(struct expiry *w, enum queue_walk what,
    const struct queue_waiting *found, size_t n)
{
	size_t i;

	if (what == WALK_expired && n > 0)
		w->use.expired(w->use.arg, found, n);
	for (i = 0; i < n && what == WALK_delayed; i++)
		if (i == 0 || found[i].message != found[i - 1].message)
			w->use.delayed(w->use.arg, found[i].message);
}

static void
begin_again(struct cursor *c, int64_t now)
{
	int64_t s = c->age_s < AGAIN_S ? c->age_s : AGAIN_S;

	c->message = 0;
	c->n = 0;
	c->again = now + s * SECOND;
}

static int64_t
walk_slice(struct expiry *w, enum queue_walk what, int64_t now)
{
	struct cursor *c = &w->cursor[what];
	struct queue_waiting *found;
	struct err err = { 0 };
	int64_t came;
	size_t n;
	int rc;

	if (!w->use.room(w->use.arg, what))
		return now + LATER_US;
	if (now >= c->again)
		begin_again(c, now);
	rc = reader_queue_walk(w->use.reader, what,
	    w->use.since(w->use.arg, c->age_s), &c->message, &c->n, &came,
	    &found, &n, &err);
	if (rc < 0) {
		log_event(w->use.log, LOG_ERROR, "expiry_failed", F_ERR(&err));
		return now + FAILED_US;
	}
	tell_found(w, what, found, n);
	if (rc > 0)
		return now + MORE_US;
	/* What comes from now on is as old as that no earlier. */
	if (came > now / SECOND)
		came = now / SECOND;
	came = (came + c->age_s) * SECOND;
	if (came <= now)	/* it is younger than the clock says */
		came = now + FAILED_US;
	return came < c->again ? came : c->again;
}

/* Nothing comes behind the cursor: what has passed when it comes is not waited
 * for (queue/queue_put.c). */
static int64_t
by_slice(struct expiry *w, int64_t now)
{
	struct queue_by_found found;
	struct err err = { 0 };
	int64_t next;

	if (!w->use.room(w->use.arg, WALK_expired) ||
	    !w->use.room(w->use.arg, WALK_delayed))
		return now + LATER_US;
	if (now >= w->by.again) {
		w->by.at = (struct queue_place){ 0 };
		w->by.again = now + AGAIN_S * SECOND;
	}
	if (reader_queue_by(w->use.reader, now / SECOND, &w->by.at, &next,
	    &found, &err) < 0) {
		log_event(w->use.log, LOG_ERROR, "expiry_failed", F_ERR(&err));
		return now + FAILED_US;
	}
	if (found.nover > 0)
		w->use.expired(w->use.arg, found.over, found.nover);
	for (size_t i = 0; i < found.nlate; i++)
		w->use.delayed(w->use.arg, found.late[i]);
	if (next <= now / SECOND)
		return now + MORE_US;
	return next < w->by.again / SECOND ? next * SECOND : w->by.again;
}

/* What was under way when it came by is seen when it begins again. */
static int64_t
give_up_slice(struct expiry *w, int64_t now)
{
	struct along *g = &w->give_up;
	struct queue_waiting *found;
	struct err err = { 0 };
	int64_t next;
	size_t n;

	if (!w->use.room(w->use.arg, WALK_expired))
		return now + LATER_US;
	if (now >= g->again) {
		g->at = (struct queue_place){ 0 };
		g->again = now + AGAIN_S * SECOND;
	}
	if (reader_queue_give_up(w->use.reader, now / SECOND, &g->at, &next,
	    &found, &n, &err) < 0) {
		log_event(w->use.log, LOG_ERROR, "expiry_failed", F_ERR(&err));
		return now + FAILED_US;
	}
	if (n > 0)
		w->use.expired(w->use.arg, found, n);
	if (next <= now / SECOND)
		return now + MORE_US;
	return next < g->again / SECOND ? next * SECOND : g->again;
}

int64_t
expiry_run(struct expiry *w, int64_t now)
{
	int64_t next;
	int i;

	if (now >= w->by.next)
		w->by.next = by_slice(w, now);
	if (now >= w->give_up.next)
		w->give_up.next = give_up_slice(w, now);
	next = w->by.next < w->give_up.next ? w->by.next : w->give_up.next;
	for (i = 0; i < 2; i++) {
		struct cursor *c = &w->cursor[i];

		if (c->age_s == 0)
			continue;
		if (now >= c->next)
			c->next = walk_slice(w, (enum queue_walk)i, now);
		next = c->next < next ? c->next : next;
	}
	return next;
}
