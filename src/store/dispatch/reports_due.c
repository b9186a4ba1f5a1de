#include "store/dispatch/reports_due.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/map.h"

enum { PENDING_MAX = 100000, LOAD_BELOW = 1000 };
static const int64_t WAIT_US = 30000000;

enum one_state { ONE_ready, ONE_waits, ONE_sulks, ONE_taken };

struct one {
	struct one *next, **link;	/* of its list; taken: none */
	uint64_t message;
	int64_t at;	/* when it need not wait any longer */
	enum one_state state;
	bool again;	/* more came while it was taken */
};

struct list {
	struct one *first, **last;
};

struct reports_due {
	struct map all;		/* message -> struct one */
	struct list ready, waiting;	/* waiting: by at */
	bool lost;		/* some are only in the database */
	uint64_t after;
};

struct reports_due *
reports_due_new(void)
{
	struct reports_due *p = calloc(1, sizeof(*p));

	bug_if(!p);
	p->ready.last = &p->ready.first;
	p->waiting.last = &p->waiting.first;
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
append(struct list *l, struct one *o, enum one_state state)
{
	o->state = state;
	o->next = NULL;
	o->link = l->last;
	*l->last = o;
	l->last = &o->next;
}

static void
unlink_one(struct reports_due *p, struct one *o)
{
	struct list *l = o->state == ONE_ready ? &p->ready : &p->waiting;

	if (o->state == ONE_taken)
		return;
	*o->link = o->next;
	if (o->next)
		o->next->link = o->link;
	else
		l->last = o->link;
}

static void
place(struct reports_due *p, struct one *o, enum one_state state, int64_t now)
{
	o->at = now + WAIT_US;
	append(state == ONE_ready ? &p->ready : &p->waiting, o, state);
}

void
reports_due_add(struct reports_due *p, uint64_t message, bool busy, int64_t now)
{
	struct one *o = map_get(&p->all, message, 0, 0);

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
	struct one *o = map_get(&p->all, message, 0, 0);

	if (!o || o->state != ONE_waits)
		return;
	unlink_one(p, o);
	append(&p->ready, o, ONE_ready);
}

uint64_t
reports_due_take(struct reports_due *p, int64_t now)
{
	struct one *o = p->ready.first;

	if (!o && p->waiting.first && p->waiting.first->at <= now)
		o = p->waiting.first;
	if (!o)
		return 0;
	unlink_one(p, o);
	o->state = ONE_taken;
	o->again = false;
	return o->message;
}

void
reports_due_done(struct reports_due *p, uint64_t message, bool more,
    int64_t now)
{
	struct one *o = map_get(&p->all, message, 0, 0);

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
	struct one *o = map_get(&p->all, message, 0, 0);

	if (o && o->state == ONE_taken)
		place(p, o, ONE_sulks, now);
}

int64_t
pending_next(const struct reports_due *p)
{
	if (p->ready.first)
		return 0;
	return p->waiting.first ? p->waiting.first->at : INT64_MAX;
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
