#include "store/dispatch/reports_due.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/list.h"
#include "base/map.h"

enum { PENDING_MAX = 100000, LOAD_BELOW = 1000 };
static const int64_t WAIT_US = 30000000;

enum one_state { ONE_ready, ONE_waits, ONE_sulks, ONE_taken };

struct due_report {
	struct list_link link;	/* of its list; taken: none */
	uint64_t message;
	int64_t at;	/* when it need not wait any longer */
	enum one_state state;
	bool again;	/* more came while it was taken */
};

struct reports_due {
	struct map all;		/* message -> struct due_report */
	struct list ready, waiting;	/* waiting: by at */
	bool lost;		/* some are only in the database */
	uint64_t after;
};

struct reports_due *
reports_due_new(void)
{
	struct reports_due *p = calloc(1, sizeof(*p));

	bug_if(!p);
	p->lost = true;
	return p;
}

void
reports_due_free(struct reports_due *p)
{
	struct map_slot *s;
	size_t at = 0;

	if (!p)
		return;
	while ((s = map_next(&p->all, &at)))
		free(s->p);
	map_free(&p->all);
	free(p);
}

static void
place(struct reports_due *p, struct due_report *o, enum one_state state,
    int64_t now)
{
	o->at = now + WAIT_US;
	o->state = state;
	list_append(state == ONE_ready ? &p->ready : &p->waiting, &o->link);
}

void
reports_due_add(struct reports_due *p, uint64_t message, bool busy, int64_t now)
{
	struct due_report *o = map_get(&p->all, message, 0, 0);

	if (o) {
		o->again = true;
		return;
	}
	if (p->all.n >= PENDING_MAX) {
		p->lost = true;
		return;
	}
	o = calloc(1, sizeof(*o));
	bug_if(!o);
	o->message = message;
	map_put(&p->all, message, 0, 0, o);
	place(p, o, busy ? ONE_waits : ONE_ready, now);
}

void
reports_due_quiet(struct reports_due *p, uint64_t message)
{
	struct due_report *o = map_get(&p->all, message, 0, 0);

	if (!o || o->state != ONE_waits)
		return;
	o->state = ONE_ready;
	list_unlink(&o->link);
	list_append(&p->ready, &o->link);
}

uint64_t
reports_due_take(struct reports_due *p, int64_t now)
{
	struct due_report *o = list_first(struct due_report, &p->ready, link);

	if (!o)
		o = list_first(struct due_report, &p->waiting, link);
	if (!o || (o->state != ONE_ready && o->at > now))
		return 0;
	list_unlink(&o->link);
	o->state = ONE_taken;
	o->again = false;
	return o->message;
}

void
reports_due_done(struct reports_due *p, uint64_t message, bool more,
    int64_t now)
{
	struct due_report *o = map_get(&p->all, message, 0, 0);

	if (!o || o->state != ONE_taken)
		return;
	if (more || o->again) {
		place(p, o, ONE_ready, now);
		return;
	}
	map_del(&p->all, message, 0, 0);
	free(o);
}

void
reports_due_failed(struct reports_due *p, uint64_t message, int64_t now)
{
	struct due_report *o = map_get(&p->all, message, 0, 0);

	if (o && o->state == ONE_taken)
		place(p, o, ONE_sulks, now);
}

void
reports_due_pull_in(struct reports_due *p, int64_t now)
{
	list_each(struct due_report, o, &p->waiting, link)
		if (o->at > now + WAIT_US)
			o->at = now + WAIT_US;
}

int64_t
reports_due_next(const struct reports_due *p)
{
	const struct due_report *o = list_first(struct due_report,
	    &p->waiting, link);

	if (!list_empty(&p->ready))
		return 0;
	return o ? o->at : INT64_MAX;
}

bool
reports_due_wants_more(const struct reports_due *p, uint64_t *after)
{
	*after = p->after;
	return p->lost && p->all.n < LOAD_BELOW;
}

void
reports_due_loaded(struct reports_due *p, uint64_t last, bool all)
{
	p->after = all ? 0 : last;
	p->lost = !all;
}

bool
reports_due_is_full(const struct reports_due *p)
{
	return p->all.n >= PENDING_MAX / 2;
}
