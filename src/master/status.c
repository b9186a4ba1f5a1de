/*
 * status.c - how each role does, for postern status.
 *
 * Whoever connects to "control-status" in the data folder is told and let go;
 * nothing that he says is read. A line for each process:
 *
 *   name SP state SP pid SP deaths SP why
 *
 * "serves"; "starts", which has not come so far yet; "sleeps", which is started
 * when somebody asks it; "down", which is started again in a moment. Deaths are
 * those in a row, each soon after a start, and why is that of the last one,
 * escaped as in the log.
 */
#include <sys/epoll.h>
#include <sys/socket.h>

#include "master/master_int.h"

enum { STATUS_OCTETS = 32 << 10 };

static void
put_child(struct buf *b, const struct child *c)
{
	buf_printf(b, "%s %s %d %u ", c->name, c->listening ? "serves" :
	    c->pid > 0 ? "starts" : c->sleeps ? "sleeps" : "down",
	    (int)c->pid, c->failures);
	/* What it died of is its own text. */
	for (const char *p = c->died; *p; p++)
		buf_chr(b, (unsigned char)*p < ' ' ? '?' : *p);
	buf_chr(b, '\n');
}

static void
on_connection(struct watch *w, uint32_t events unused_arg)
{
	struct master *m = container_of(w, struct master, status);
	int fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	auto_buf b = BUF_INIT(STATUS_OCTETS);

	if (fd < 0)
		return;
	for (size_t i = 0; i < m->nchildren; i++)
		if (child_is_wanted(&m->children[i]))
			put_child(&b, &m->children[i]);
	/* Less than any socket takes at once. */
	(void)!send(fd, buf_get(&b).p, buf_get(&b).n, MSG_NOSIGNAL);
	(void)close(fd);
}

int
status_open(struct master *m, struct err *err)
{
	for (size_t i = 0; i < m->nsockets; i++)
		if (m->sockets[i].kind == LISTEN_STATUS)
			m->status.fd = m->sockets[i].fd;
	m->status.events = EPOLLIN;
	m->status.fn = on_connection;
	return m->status.fd < 0 ? 0 : loop_watch(m->loop, &m->status, err);
}

void
status_close(struct master *m)
{
	if (m->status.fd >= 0)
		loop_unwatch(m->loop, &m->status);
	m->status.fd = -1;
}
