/*
 * listener.c - accepting connections, up to a bound.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "rt/accept_pause.h"
#include "rt/stream.h"

struct listener {
	struct loop *loop;
	struct watch watch;
	size_t open, max_open;
	bool closed;
	struct accept_pause pause; /* after "too many open files" */
	struct stop_hook stop;
	void (*fn)(void *arg, struct stream *s, const struct peer *peer);
	void *arg;
};

/* A connection on its way to its first fiber. */
struct arrival {
	struct listener *listener;
	struct stream *stream;
	struct peer peer;
};

static uint16_t
address_text(const struct sockaddr_storage *a, char *text, size_t n)
{
	const struct sockaddr_in6 *six = (const void *)a;
	const struct sockaddr_in *four = (const void *)a;

	text[0] = '\0';
	if (a->ss_family == AF_INET) {
		(void)inet_ntop(AF_INET, &four->sin_addr, text,
		    (socklen_t)n);
		return ntohs(four->sin_port);
	}
	if (a->ss_family == AF_UNIX)
		(void)snprintf(text, n, "%s", PEER_UNIX);
	if (a->ss_family != AF_INET6)
		return 0;
	if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		(void)inet_ntop(AF_INET, six->sin6_addr.s6_addr + 12, text,
		    (socklen_t)n);
	else
		(void)inet_ntop(AF_INET6, &six->sin6_addr, text, (socklen_t)n);
	return ntohs(six->sin6_port);
}

bool
peer_of_socket(int fd, struct peer *p)
{
	struct sockaddr_storage from = { 0 }, to = { 0 };
	socklen_t from_n = sizeof(from), to_n = sizeof(to);
	socklen_t n = sizeof(int);
	int type = 0;

	*p = (struct peer){ 0 };
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) < 0 ||
	    type != SOCK_STREAM ||
	    getpeername(fd, (struct sockaddr *)&from, &from_n) < 0 ||
	    getsockname(fd, (struct sockaddr *)&to, &to_n) < 0)
		return false;
	p->port = address_text(&from, p->address, sizeof(p->address));
	p->local_port = address_text(&to, p->local, sizeof(p->local));
	return from.ss_family == AF_INET || from.ss_family == AF_INET6;
}

static void
arrived(void *arg)
{
	struct arrival *a = arg;
	struct listener *l = a->listener;

	l->fn(l->arg, a->stream, &a->peer);
	free(a);
}

static void
welcome(struct listener *l, int fd, const struct sockaddr_storage *from)
{
	struct arrival *a = calloc(1, sizeof(*a));
	struct sockaddr_storage to = { 0 };
	socklen_t len = sizeof(to);
	struct transport *t;
	int one = 1;

	bug_if(!a);
	a->listener = l;
	a->peer.port = address_text(from, a->peer.address,
	    sizeof(a->peer.address));
	if (getsockname(fd, (struct sockaddr *)&to, &len) == 0)
		a->peer.local_port = address_text(&to, a->peer.local,
		    sizeof(a->peer.local));
	/* Replies are written whole: do not wait for more. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (transport_socket(l->loop, fd, &t, NULL) < 0) {
		free(a);
		return;
	}
	l->open++;
	a->stream = stream_new(l->loop, t);
	stream_leave_at_stop(a->stream);
	(void)fiber_spawn(l->loop, "accept", arrived, a);
}

/* At the bound, and until somebody goes. */
static void
pause_accepting(struct listener *l)
{
	accept_pause_end(&l->pause, l->loop);
	loop_rewatch(l->loop, &l->watch, 0);
}

/* One at a time: other workers wait on the same socket. */
static void
on_connection(struct watch *w, uint32_t events unused_arg)
{
	struct listener *l = container_of(w, struct listener, watch);
	struct sockaddr_storage from = { 0 };
	socklen_t len = sizeof(from);
	int fd = accept4(w->fd, (struct sockaddr *)&from, &len,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		welcome(l, fd, &from);
		if (l->open >= l->max_open)
			pause_accepting(l);
		return;
	}
	accept_failed(&l->pause, l->loop, w);
}

void
listener_stop(struct listener *l)
{
	accept_pause_end(&l->pause, l->loop);
	loop_unwatch(l->loop, &l->watch);
}

static void
stop_accepting(struct stop_hook *h)
{
	listener_stop(container_of(h, struct listener, stop));
}

struct listener *
listener_new(struct loop *loop, int fd, size_t max_open,
    void (*fn)(void *arg, struct stream *s, const struct peer *peer),
    void *arg, struct err *err)
{
	struct listener *l = calloc(1, sizeof(*l));

	bug_if(!l);
	l->loop = loop;
	l->max_open = max_open;
	l->fn = fn;
	l->arg = arg;
	l->watch = (struct watch){ .fd = fd, .events = EPOLLIN,
		.fn = on_connection };
	if (loop_watch(loop, &l->watch, err) < 0) {
		(void)close(fd);
		free(l);
		return NULL;
	}
	loop_on_stop(loop, &l->stop, stop_accepting);
	return l;
}

static void
free_if_over(struct listener *l)
{
	if (l->closed && l->open == 0)
		free(l);
}

void
listener_done(void *listener)
{
	struct listener *l = listener;

	bug_if(l->open == 0);
	l->open--;
	if (!l->closed && l->open + 1 == l->max_open &&
	    !accept_paused(&l->pause))
		loop_rewatch(l->loop, &l->watch, EPOLLIN);
	free_if_over(l);
}

void
listener_close(struct listener *l)
{
	if (!l || l->closed)
		return;
	listener_stop(l);
	loop_off_stop(&l->stop);
	(void)close(l->watch.fd);
	l->closed = true;
	free_if_over(l);
}
