#include <sys/epoll.h>
#include <sys/socket.h>

#include "rt/ipc_int.h"

/* Life ------------------------------------------------------------------ */

int
ipc_pair(int fds[2], struct err *err)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		fds) < 0)
		return err_sys(err, E_IO, "socketpair");
	return 0;
}

static void
on_idle(struct timer *t)
{
	struct ipc *c = container_of(t, struct ipc, idle);
	bool busy;

	ipc_lock(c);
	busy = c->asked > 0 || c->heard;
	ipc_unlock(c);
	c->heard = false;
	if (busy)
		timer_set(c->loop, t, loop_now_ms(c->loop) + c->o.idle_ms,
		    on_idle);
	else
		ipc_die(c, "idle");
}

struct ipc *
ipc_open(struct loop *l, int fd, const struct ipc_options *o, struct err *err)
{
	struct ipc *c = calloc(1, sizeof(*c));

	bug_if(!c);
	c->loop = l;
	c->o = *o;
	if (c->o.window == 0)
		c->o.window = WINDOW;
	c->refs = 1;
	c->alive = true;
	buf_init(&c->in, MSG_MAX + HEAD);
	buf_init(&c->out, OUT_MAX);
	bug_if(pthread_mutex_init(&c->mutex, NULL) != 0);
	c->watch = (struct watch){ .fd = fd, .events = EPOLLIN,
		.fn = ipc_on_event };
	if (loop_watch(l, &c->watch, err) < 0) {
		(void)close(fd);
		c->alive = false;
		ipc_unref(c);
		return NULL;
	}
	if (o->idle_ms > 0)
		timer_set(l, &c->idle, loop_now_ms(l) + o->idle_ms, on_idle);
	return c;
}

struct ipc *
ipc_ref(struct ipc *c)
{
	(void)__atomic_fetch_add(&c->refs, 1, __ATOMIC_RELAXED);
	return c;
}

void
ipc_unref(struct ipc *c)
{
	if (!c || __atomic_sub_fetch(&c->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	bug_if(c->alive);
	for (int i = 0; i < c->n_in_fds; i++)
		(void)close(c->in_fds[i]);
	for (size_t i = 0; i < c->out_fds.n; i++)
		(void)close(c->out_fds.p[i].fd);
	(void)pthread_mutex_destroy(&c->mutex);
	buf_free(&c->in);
	buf_free(&c->out);
	vec_free(&c->out_fds);
	free(c->slots);
	free(c);
}

void
ipc_wake_queue(struct ipc *c)
{
	list_each(struct slot_waiter, q, &c->queue, link)
		fiber_wake(c->loop, q->fiber);
}

void
ipc_free_slot(struct ipc *c, struct slot *s)
{
	struct pending *p = s->pending;

	s->id = 0;
	s->pending = NULL;
	c->nfree++;
	if (!p)
		return;
	p->done = true;
	fiber_wake(c->loop, p->fiber);
}

/* Of the calls under way; NULL: there is none. */
static struct slot *
first_asked(struct ipc *c)
{
	struct slot *first = NULL;

	for (uint32_t i = 0; i < c->nslots; i++) {
		struct slot *s = &c->slots[i];

		if (s->id != 0 && (!first || s->id < first->id))
			first = s;
	}
	return first;
}

/* The end of a connection; on the loop's thread. Who waits is told in the
 * order of asking, so that what is asked again comes in the same. */
static void
shut(struct ipc *c)
{
	ipc_lock(c);
	c->alive = false;
	ipc_unlock(c);
	timer_clear(c->loop, &c->idle);
	loop_unwatch(c->loop, &c->watch);
	(void)close(c->watch.fd);
	c->watch.fd = -1;
	for (struct slot *s; (s = first_asked(c));) {
		if (s->pending)
			s->pending->rc = err_set(s->pending->err, E_PEER,
			    "%s: connection lost", s->call->name);
		ipc_free_slot(c, s);
	}
	ipc_wake_queue(c);
}

void
ipc_die(struct ipc *c, const char *why)
{
	if (!ipc_alive(c))
		return;
	shut(c);
	if (c->o.service && c->o.service->gone && !c->gone_told) {
		c->gone_told = true;
		c->o.service->gone(c->o.owner, c, why);
	}
}

void
ipc_close(struct ipc *c)
{
	if (!c)
		return;
	c->gone_told = true;
	if (ipc_alive(c))
		shut(c);
	ipc_unref(c);
}

bool
ipc_alive(const struct ipc *c)
{
	return __atomic_load_n(&c->alive, __ATOMIC_ACQUIRE);
}

uint32_t
ipc_authority(const struct ipc *c)
{
	return c->o.authority;
}

/* Calling --------------------------------------------------------------- */

struct slot *
ipc_slot(struct ipc *c, uint64_t id)
{
	uint32_t i = (uint32_t)(id & 0xffff);

	return id != 0 && i < c->nslots && c->slots[i].id == id ? &c->slots[i]
								: NULL;
}

static void
grow_slots(struct ipc *c)
{
	uint32_t n = c->nslots ? c->nslots * 2 : 4;

	n = n > c->o.window ? c->o.window : n;
	c->slots = realloc(c->slots, n * sizeof(*c->slots));
	bug_if(!c->slots);
	memset(c->slots + c->nslots, 0, (n - c->nslots) * sizeof(*c->slots));
	c->nfree += n - c->nslots;
	c->nslots = n;
}

/* Wait until an answer has freed a slot. */
static int
wait_in_queue(struct ipc *c, int64_t until_ms)
{
	struct slot_waiter me = { .fiber = fiber_self(c->loop) };
	int rc;

	list_append(&c->queue, &me.link);
	rc = fiber_wait(c->loop, until_ms);
	list_unlink(&me.link);
	return rc;
}

static int
find_slot(struct ipc *c, uint32_t *at, int64_t until_ms, struct err *err)
{
	while (c->nfree == 0 && c->nslots >= c->o.window) {
		int rc = wait_in_queue(c, until_ms);

		if (!ipc_alive(c))
			return err_set(err, E_PEER, "connection lost");
		if (rc < 0)
			return err_set(err, rc, "waiting for the window");
	}
	if (c->nfree == 0)
		grow_slots(c);
	for (*at = 0; c->slots[*at].id != 0; ++*at)
		continue;
	c->nfree--;
	return 0;
}

static int
await(struct ipc *c, struct slot *s, struct pending *p, int64_t until_ms)
{
	while (!p->done) {
		int rc = fiber_wait(c->loop, until_ms);

		if (p->done || rc == 0)
			continue;
		s = ipc_slot(c, s->id); /* the table may have grown */
		s->pending = NULL;
		return err_set(p->err, rc, "%s: %s", s->call->name,
		    err_name(rc));
	}
	return p->rc;
}

int
ipc_call(struct ipc *c, const struct ipc_call *call, const void *ask, int fd_in,
    void *answer, struct arena *a, int *fd_out, int64_t until_ms,
    struct err *err)
{
	struct pending p = { fiber_self(c->loop), answer, a, fd_out, err, 0,
		false };
	struct frame f = { .call = call->index, .kind = FRAME_ASK };
	struct slot s;
	uint32_t at = 0;
	int rc;

	if (fd_out)
		*fd_out = -1;
	if (!ipc_alive(c))
		return err_set(err, E_PEER, "connection lost");
	(void)ipc_ref(c);
	rc = find_slot(c, &at, until_ms, err);
	if (rc == 0) {
		f.id = ++c->serial << 16 | at;
		s = c->slots[at] = (struct slot){ f.id, call, &p };
		ipc_lock(c);
		ipc_queue(c, &f, call->ask, ask, fd_in);
		ipc_unlock(c);
		ipc_flush_later(c);
		rc = await(c, &s, &p, until_ms);
	}
	ipc_unref(c);
	return rc;
}
