#include "dns/events.h"

#include <sys/epoll.h>
#include <sys/time.h>

struct base {
	struct ub_event_base ub;	/* first: what the library holds */
	struct loop *loop;
};

typedef void event_fn(int fd, short bits, void *arg);

struct event {
	struct ub_event ub;		/* first */
	struct loop *loop;
	struct watch watch;
	struct timer timer;
	int64_t timeout_ms;		/* -1: none */
	short bits;
	event_fn *fn;
	void *arg;
};

static struct event *
event_of(struct ub_event *ub)
{
	return container_of(ub, struct event, ub);
}

static void
deactivate(struct event *e)
{
	loop_unwatch(e->loop, &e->watch);
	timer_clear(e->loop, &e->timer);
}

static void set_timer(struct event *e);

/* What it calls may free the event. */
static void
fire(struct event *e, short bits)
{
	if (!(e->bits & UB_EV_PERSIST))
		deactivate(e);
	else
		set_timer(e);
	e->fn(e->watch.fd, bits, e->arg);
}

static void
on_ready(struct watch *w, uint32_t events)
{
	struct event *e = container_of(w, struct event, watch);
	short bits = 0;

	if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
		bits |= UB_EV_READ;
	if (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
		bits |= UB_EV_WRITE;
	fire(e, (short)(bits & e->bits));
}

static void
on_time(struct timer *t)
{
	fire(container_of(t, struct event, timer), UB_EV_TIMEOUT);
}

static void
set_timer(struct event *e)
{
	if (e->timeout_ms >= 0)
		timer_set(e->loop, &e->timer,
		    loop_now_ms(e->loop) + e->timeout_ms, on_time);
}

static int
activate(struct event *e, const struct timeval *tv)
{
	deactivate(e);
	e->timeout_ms = tv ? (int64_t)tv->tv_sec * 1000 +
	    (tv->tv_usec + 999) / 1000 : -1;
	set_timer(e);
	if (!(e->bits & (UB_EV_READ | UB_EV_WRITE)))
		return 0;
	e->watch.fn = on_ready;
	e->watch.events = (e->bits & UB_EV_READ ? EPOLLIN : 0U) |
	    (e->bits & UB_EV_WRITE ? EPOLLOUT : 0U);
	return loop_watch(e->loop, &e->watch, NULL) < 0 ? -1 : 0;
}

/* What the library calls --------------------------------------------------- */

static void
event_add_bits(struct ub_event *ub, short bits)
{
	deactivate(event_of(ub));
	event_of(ub)->bits |= bits;
}

static void
event_del_bits(struct ub_event *ub, short bits)
{
	deactivate(event_of(ub));
	event_of(ub)->bits = (short)(event_of(ub)->bits & ~bits);
}

static void
event_set_fd(struct ub_event *ub, int fd)
{
	deactivate(event_of(ub));
	event_of(ub)->watch.fd = fd;
}

static void
event_free(struct ub_event *ub)
{
	deactivate(event_of(ub));
	free(event_of(ub));
}

static int
event_add(struct ub_event *ub, struct timeval *tv)
{
	return activate(event_of(ub), tv);
}

static int
event_del(struct ub_event *ub)
{
	deactivate(event_of(ub));
	return 0;
}

static int
event_add_timer(struct ub_event *ub, struct ub_event_base *base unused_arg,
    event_fn *fn, void *arg, struct timeval *tv)
{
	struct event *e = event_of(ub);

	e->fn = fn;
	e->arg = arg;
	return activate(e, tv);
}

/* Never called: there are no signals for it. */
static int
event_add_signal(struct ub_event *ub unused_arg, struct timeval *tv unused_arg)
{
	return -1;
}

static void
event_no_wsa(struct ub_event *ub unused_arg)
{
}

static void
event_no_block(struct ub_event *ub unused_arg, int bits unused_arg)
{
}

static struct ub_event *
base_event(struct ub_event_base *ub, int fd, short bits, event_fn *fn,
    void *arg)
{
	static struct ub_event_vmt calls = { event_add_bits, event_del_bits,
		event_set_fd, event_free, event_add, event_del,
		event_add_timer, event_del, event_add_signal, event_del,
		event_no_wsa, event_no_block };
	struct event *e = calloc(1, sizeof(*e));

	bug_if(!e);
	e->ub = (struct ub_event){ UB_EVENT_MAGIC, &calls };
	e->loop = container_of(ub, struct base, ub)->loop;
	e->watch.fd = fd;
	e->timeout_ms = -1;
	e->bits = bits;
	e->fn = fn;
	e->arg = arg;
	return &e->ub;
}

static struct ub_event *
base_signal(struct ub_event_base *ub, int fd, event_fn *fn, void *arg)
{
	return base_event(ub, fd, 0, fn, arg);
}

static struct ub_event *
base_wsa(struct ub_event_base *ub unused_arg, void *event unused_arg,
    event_fn *fn unused_arg, void *arg unused_arg)
{
	return NULL;
}

static void
base_no_free(struct ub_event_base *ub unused_arg)
{
}

static int
base_no_dispatch(struct ub_event_base *ub unused_arg)
{
	return 0;
}

static int
base_no_exit(struct ub_event_base *ub unused_arg,
    struct timeval *tv unused_arg)
{
	return 0;
}

struct ub_event_base *
events_new(struct loop *l)
{
	static struct ub_event_base_vmt calls = { base_no_free,
		base_no_dispatch, base_no_exit, base_event, base_signal,
		base_wsa };
	struct base *b = calloc(1, sizeof(*b));

	bug_if(!b);
	b->ub = (struct ub_event_base){ UB_EVENT_MAGIC, &calls };
	b->loop = l;
	return &b->ub;
}

void
events_free(struct ub_event_base *ub)
{
	free(container_of(ub, struct base, ub));
}
