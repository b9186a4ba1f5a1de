/*
 * transport.c - sockets, and memory that behaves like one; what runs over them.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "rt/stream.h"

/* One over another ------------------------------------------------------ */

static void
below_ready(void *arg)
{
	const struct transport *t = arg;

	if (t->ready)
		t->ready(t->arg);
}

void
transport_over(struct transport *t, struct transport *below)
{
	t->below = below;
	below->ready = below_ready;
	below->arg = t;
}

/* Sockets --------------------------------------------------------------- */

struct socket {
	struct transport t;
	struct loop *loop;
	struct watch watch;
	bool drained; /* the last read took all there was */
	bool hup;     /* an end is coming: always ask the kernel */
};

static void
socket_event(struct watch *w, uint32_t events)
{
	struct socket *s = container_of(w, struct socket, watch);

	s->drained = false;
	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		s->hup = true;
	if (s->t.ready)
		s->t.ready(s->t.arg);
}

/* What errno says of a call that moved nothing; it stays as it is. */
static ssize_t
socket_failed(void)
{
	if (errno == EAGAIN || errno == EINTR)
		return E_AGAIN;
	/* EPIPE: it had closed its half, and then reset. */
	return errno == ECONNRESET || errno == EPIPE ? E_RESET : E_IO;
}

/* That it does not block is said each time: whether the socket itself does is
 * for every process to say that has it as well (front/handover.h).
 * A short read means that the kernel has no more, and the next edge will
 * tell us of what comes: epoll(7). */
static ssize_t
socket_read(struct transport *t, void *p, size_t n)
{
	struct socket *s = container_of(t, struct socket, t);
	ssize_t got;

	if (s->drained && !s->hup)
		return E_AGAIN;
	got = recv(s->watch.fd, p, n, MSG_DONTWAIT);
	if (got < 0)
		return socket_failed();
	s->drained = (size_t)got < n;
	return got;
}

static ssize_t
socket_write(struct transport *t, const void *p, size_t n)
{
	struct socket *s = container_of(t, struct socket, t);
	ssize_t done = send(s->watch.fd, p, n,
	    MSG_NOSIGNAL | MSG_DONTWAIT);

	return done < 0 ? socket_failed() : done;
}

static void
socket_close(struct transport *t)
{
	struct socket *s = container_of(t, struct socket, t);

	loop_unwatch(s->loop, &s->watch);
	(void)close(s->watch.fd);
	free(s);
}

static const struct transport_ops socket_ops = { socket_read, socket_write,
	socket_close };

int
transport_socket(struct loop *l, int fd, struct transport **t, struct err *err)
{
	struct socket *s = calloc(1, sizeof(*s));
	int rc;

	bug_if(!s);
	s->t.ops = &socket_ops;
	s->loop = l;
	s->watch = (struct watch){ .fd = fd,
		.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
		.fn = socket_event };
	rc = loop_watch(l, &s->watch, err);
	if (rc < 0) {
		(void)close(fd);
		free(s);
		return rc;
	}
	*t = &s->t;
	return 0;
}

int
transport_socket_fd(const struct transport *t)
{
	const struct socket *s = (const void *)t;	/* t is its first */

	return t->ops == &socket_ops ? s->watch.fd : -1;
}

/* Memory ---------------------------------------------------------------- */

struct wire {
	struct transport t;
	struct loop *loop;
	struct wire *other; /* NULL: closed */
	struct buf in;
	struct defer poke;
	bool closed;
};

static void
wire_poked(struct defer *d)
{
	struct wire *w = container_of(d, struct wire, poke);

	if (w->closed) {
		buf_free(&w->in);
		free(w);
	} else if (w->t.ready) {
		w->t.ready(w->t.arg);
	}
}

static void
poke(struct wire *w)
{
	if (w)
		loop_defer(w->loop, &w->poke, wire_poked);
}

static ssize_t
wire_read(struct transport *t, void *p, size_t n)
{
	struct wire *w = container_of(t, struct wire, t);

	if (w->in.n == 0)
		return w->other ? E_AGAIN : 0;
	n = n < w->in.n ? n : w->in.n;
	memcpy(p, w->in.p, n);
	buf_eat(&w->in, n);
	poke(w->other);
	return (ssize_t)n;
}

static ssize_t
wire_write(struct transport *t, const void *p, size_t n)
{
	struct wire *w = container_of(t, struct wire, t);
	size_t room;

	if (!w->other)
		return E_CLOSED;
	room = w->other->in.cap - w->other->in.n;
	n = n < room ? n : room;
	if (n == 0)
		return E_AGAIN;
	buf_put(&w->other->in, p, n);
	poke(w->other);
	return (ssize_t)n;
}

static void
wire_close(struct transport *t)
{
	struct wire *w = container_of(t, struct wire, t);

	if (w->other) {
		w->other->other = NULL;
		poke(w->other);
	}
	/* A poke may be under way: it frees us. */
	w->closed = true;
	w->other = NULL;
	poke(w);
}

static const struct transport_ops wire_ops = { wire_read, wire_write,
	wire_close };

static struct wire *
wire_new(struct loop *l, size_t cap)
{
	struct wire *w = calloc(1, sizeof(*w));

	bug_if(!w);
	w->t.ops = &wire_ops;
	w->loop = l;
	buf_init(&w->in, cap);
	return w;
}

void
transport_pair(struct loop *l, size_t cap, struct transport **a,
    struct transport **b)
{
	struct wire *x = wire_new(l, cap), *y = wire_new(l, cap);

	x->other = y;
	y->other = x;
	*a = &x->t;
	*b = &y->t;
}
