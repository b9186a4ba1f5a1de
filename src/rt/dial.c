/*
 * dial.c - connecting to somebody else's server.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "rt/stream.h"

struct endpoint {
	struct sockaddr_storage at;
	socklen_t len;
};

static bool
endpoint_of(const char *address, uint16_t port, struct endpoint *e)
{
	struct sockaddr_in6 *six = (void *)&e->at;
	struct sockaddr_in *four = (void *)&e->at;

	memset(e, 0, sizeof(*e));
	if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons(port);
		e->len = sizeof(*four);
		return true;
	}
	if (inet_pton(AF_INET6, address, &six->sin6_addr) != 1)
		return false;
	six->sin6_family = AF_INET6;
	six->sin6_port = htons(port);
	e->len = sizeof(*six);
	return true;
}

/* A connect() under way; lives on the stack of its fiber. */
struct dialing {
	struct loop *loop;
	struct fiber *fiber;
	struct watch watch;
	bool over;
};

static void
on_event(struct watch *w, uint32_t events unused_arg)
{
	struct dialing *d = container_of(w, struct dialing, watch);

	d->over = true;
	fiber_wake(d->loop, d->fiber);
}

/* Until the kernel has an answer: 0 (also if it is a refusal), or E_*. */
static int
wait_for(struct loop *l, int fd, int64_t until_ms, struct err *err)
{
	struct dialing d = { .loop = l, .fiber = fiber_self(l),
		.watch = { .fd = fd, .events = EPOLLOUT, .fn = on_event } };
	int rc = loop_watch(l, &d.watch, err);

	if (rc < 0)
		return rc;
	while (!d.over && rc == 0)
		rc = fiber_wait(l, until_ms);
	loop_unwatch(l, &d.watch);
	return d.over && rc != E_CANCELED ? 0 : rc;
}

static int
connect_to(struct loop *l, int fd, const struct endpoint *to, int64_t until_ms,
    struct err *err)
{
	int rc, why = 0;
	socklen_t len = sizeof(why);

	if (connect(fd, (const struct sockaddr *)&to->at, to->len) == 0)
		return 0;
	if (errno != EINPROGRESS && errno != EINTR)
		return E_IO;
	if ((rc = wait_for(l, fd, until_ms, err)) < 0) {
		errno = rc == E_TIMEOUT ? ETIMEDOUT :
		    rc == E_CANCELED ? ECANCELED : errno;
		return rc;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &len) < 0)
		return E_IO;
	errno = why;
	return why ? E_IO : 0;
}

static int
bind_to(int fd, int family, const char *from, struct err *err)
{
	struct endpoint e;

	if (!from[0])
		return 0;
	if (!endpoint_of(from, 0, &e) || e.at.ss_family != family)
		return err_set(err, E_LIMIT, "connect from %s: no such address "
		    "in this family", from);
	if (bind(fd, (const struct sockaddr *)&e.at, e.len) < 0)
		return err_sys(err, E_LIMIT, "connect from %s", from);
	return 0;
}

int
transport_dial(struct loop *l, const char *address, uint16_t port,
    const char *from, int64_t until_ms, struct transport **t, struct err *err)
{
	struct endpoint to;
	int fd, rc, one = 1;

	if (!endpoint_of(address, port, &to))
		return err_set(err, E_IO, "connect to %s: not an address",
		    address);
	fd = socket(to.at.ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(err, errno == EAFNOSUPPORT ? E_IO : E_LIMIT,
		    "connect to %s port %u", address, port);
	/* What is written is whole: do not wait for more. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	rc = bind_to(fd, to.at.ss_family, from, err);
	if (rc == 0 && (rc = connect_to(l, fd, &to, until_ms, err)) < 0)
		(void)err_sys(err, rc, "connect to %s port %u", address,
		    port);
	if (rc == 0)
		return transport_socket(l, fd, t, err);
	(void)close(fd);
	return rc;
}
