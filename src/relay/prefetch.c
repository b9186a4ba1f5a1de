/*
 * prefetch.c - the octets of a message, read while the one before it is sent.
 */
#include "relay/relay_int.h"
#include "store/blob.h"

enum { AHEAD_MAX = 64 * 1024, AHEAD_MS = 5 * 60 * 1000 };

static int
keep_octets(void *arg, struct str octets)
{
	struct prefetch *p = arg;

	if (loop_now_ms(p->relay->loop) >= p->until_ms)
		return err_set(&p->err, E_TIMEOUT, "it takes too long");
	buf_str(&p->octets, octets);
	return buf_failed(&p->octets) ? E_LIMIT : 0;
}

static void
read_ahead(void *arg)
{
	struct prefetch *p = arg;

	p->rc = blob_read_queued(p->relay->o.store, p->lease, 0, UINT64_MAX,
	    keep_octets, p, &p->err);
	/* Longer than was said: read it again while it is sent. */
	if (p->rc == E_LIMIT && buf_failed(&p->octets)) {
		p->rc = 0;
		p->ahead = false;
	}
	p->done = true;
	p->fiber = NULL;
	fiber_wake(p->relay->loop, p->waiter);
}

void
prefetch_begin(struct prefetch *p, struct relay *r, uint64_t generation,
    const struct queue_item *item)
{
	p->relay = r;
	p->lease = item->lease;
	p->generation = generation;
	p->rc = 0;
	p->ahead = item->size <= AHEAD_MAX;
	p->done = !p->ahead;
	if (!p->ahead)
		return;
	buf_init(&p->octets, AHEAD_MAX);
	p->until_ms = loop_now_ms(r->loop) + AHEAD_MS;
	p->fiber = fiber_spawn(r->loop, "text", read_ahead, p);
}

static void
wait_until_done(struct prefetch *p)
{
	p->waiter = fiber_self(p->relay->loop);
	fiber_wait_uncancelable(p->relay->loop, &p->done);
	p->waiter = NULL;
}

int
prefetch_wait(struct prefetch *p, struct err *err)
{
	if (!p->done)
		wait_until_done(p);
	if (p->rc < 0 && err)
		*err = p->err;
	return p->rc;
}

int
prefetch_give(struct prefetch *p, int (*out)(void *arg, struct str octets),
    void *arg, struct err *err)
{
	if (p->ahead)
		return out(arg, buf_get(&p->octets));
	return blob_read_queued(p->relay->o.store, p->lease, 0, UINT64_MAX,
	    out, arg, err);
}

void
prefetch_end(struct prefetch *p)
{
	if (p->relay && !p->done) {
		fiber_cancel(p->relay->loop, p->fiber);
		wait_until_done(p);
	}
	buf_free(&p->octets);
	*p = (struct prefetch){ 0 };
}
