/*
 * timer.c - the timers of a loop: a binary heap, the soonest at slot 1.
 */
#include "rt/loop_int.h"

static void
heap_set(struct loop *l, size_t slot, struct timer *t)
{
	l->heap[slot] = t;
	t->slot = slot;
}

static void
heap_up(struct loop *l, size_t slot, struct timer *t)
{
	while (slot > 1 && t->at_ms < l->heap[slot / 2]->at_ms) {
		heap_set(l, slot, l->heap[slot / 2]);
		slot /= 2;
	}
	heap_set(l, slot, t);
}

static void
heap_down(struct loop *l, size_t slot, struct timer *t)
{
	for (;;) {
		size_t child = slot * 2;

		if (child > l->ntimers)
			break;
		if (child < l->ntimers &&
		    l->heap[child + 1]->at_ms < l->heap[child]->at_ms)
			child++;
		if (t->at_ms <= l->heap[child]->at_ms)
			break;
		heap_set(l, slot, l->heap[child]);
		slot = child;
	}
	heap_set(l, slot, t);
}

void
timer_set(struct loop *l, struct timer *t, int64_t at_ms,
    void (*fn)(struct timer *t))
{
	timer_clear(l, t);
	t->at_ms = at_ms;
	t->fn = fn;
	if (at_ms == NEVER)
		return;
	l->heap = vec_grow(l->heap, l->ntimers, 2, &l->heap_room,
	    sizeof(*l->heap));
	heap_up(l, ++l->ntimers, t);
}

void
timer_clear(struct loop *l, struct timer *t)
{
	size_t slot = t->slot;
	struct timer *last;

	if (slot == 0)
		return;
	bug_if(slot > l->ntimers || l->heap[slot] != t);
	t->slot = 0;
	last = l->heap[l->ntimers--];
	if (last == t)
		return;
	if (slot > 1 && last->at_ms < l->heap[slot / 2]->at_ms)
		heap_up(l, slot, last);
	else
		heap_down(l, slot, last);
}

void
loop_run_timers(struct loop *l)
{
	int64_t now = l->now_us / 1000;

	while (l->ntimers > 0 && l->heap[1]->at_ms <= now) {
		struct timer *t = l->heap[1];

		timer_clear(l, t);
		t->fn(t);
	}
}
