/*
 * text.c - the octets of a message, one ahead of the wire.
 */
#include "relay/relay_int.h"
#include "store/blob.h"

enum { AHEAD_MAX = 64 * 1024 };

static int
keep(void *arg, struct str octets)
{
	struct text *t = arg;

	buf_str(&t->octets, octets);
	return buf_failed(&t->octets) ? E_LIMIT : 0;
}

static void
read_ahead(void *arg)
{
	struct text *t = arg;

	t->rc = blob_read_queued(t->relay->o.store, t->lease, 0, UINT64_MAX,
	    keep, t, &t->err);
	/* Longer than was said: read it again while it is sent. */
	if (t->rc == E_LIMIT && buf_failed(&t->octets)) {
		t->rc = 0;
		t->ahead = false;
	}
	t->done = true;
	t->fiber = NULL;
	fiber_wake(t->relay->loop, t->waiter);
}

void
text_begin(struct text *t, struct relay *r, uint64_t generation,
    const struct queue_item *item)
{
	t->relay = r;
	t->lease = item->lease;
	t->generation = generation;
	t->rc = 0;
	t->ahead = item->size <= AHEAD_MAX;
	t->done = !t->ahead;
	if (!t->ahead)
		return;
	buf_init(&t->octets, AHEAD_MAX);
	t->fiber = fiber_spawn(r->loop, "text", read_ahead, t);
}

static void
wait_for(struct text *t)
{
	t->waiter = fiber_self(t->relay->loop);
	fiber_wait_uncancelable(t->relay->loop, &t->done);
	t->waiter = NULL;
}

int
text_wait(struct text *t, struct err *err)
{
	if (!t->done)
		wait_for(t);
	if (t->rc < 0 && err)
		*err = t->err;
	return t->rc;
}

int
text_give(struct text *t, int (*out)(void *arg, struct str octets),
    void *arg, struct err *err)
{
	if (t->ahead)
		return out(arg, buf_get(&t->octets));
	return blob_read_queued(t->relay->o.store, t->lease, 0, UINT64_MAX,
	    out, arg, err);
}

void
text_end(struct text *t)
{
	if (t->relay && !t->done) {
		fiber_cancel(t->relay->loop, t->fiber);
		wait_for(t);
	}
	buf_free(&t->octets);
	*t = (struct text){ 0 };
}
