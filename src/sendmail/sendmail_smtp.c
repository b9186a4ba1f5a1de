/*
 * sendmail_smtp.c - sendmail -bs: SMTP on stdin and stdout, with the server's
 * own dialogue on a transport over two descriptors.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "sendmail/local.h"
#include "smtp/smtp_int.h"

enum { MAX_RCPTS = 2000, TIMEOUT_S = 300 };

/* ---- the transport ------------------------------------------------------- */

/* stdin may be a file, which cannot be watched and is always ready. */
struct stdio {
	struct transport t;
	struct loop *loop;
	struct watch watch;
	bool watched;
	/* What lines end with: the first one says it for all. Where that is
	 * CRLF an LF alone is none, so no text can end its message early. */
	enum { NO_LINE, CRLF_LINES, LF_LINES } lines;
	char last;		/* octet that was given */
	char raw[4096];
	size_t at, end;		/* of raw: not given yet */
};

static void
stdin_event(struct watch *w, uint32_t events unused_arg)
{
	struct stdio *s = container_of(w, struct stdio, watch);

	if (s->t.ready)
		s->t.ready(s->t.arg);
}

static ssize_t
give_octets(struct stdio *s, char *p, size_t room)
{
	size_t n = 0;

	while (n < room && s->at < s->end) {
		char c = s->raw[s->at];

		if (c == '\n' && s->lines == NO_LINE)
			s->lines = s->last == '\r' ? CRLF_LINES : LF_LINES;
		if (c == '\n' && s->lines == LF_LINES && s->last != '\r')
			c = '\r';
		else
			s->at++;
		p[n++] = s->last = c;
	}
	return (ssize_t)n;
}

/* Others may share the descriptor, so it stays as it is: asked first, and
 * never made non-blocking. */
static ssize_t
stdin_read(struct transport *t, void *p, size_t n)
{
	struct stdio *s = container_of(t, struct stdio, t);
	struct pollfd ask = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t got;

	if (s->at < s->end)
		return give_octets(s, p, n);
	if (s->watched && poll(&ask, 1, 0) <= 0)
		return E_AGAIN;
	do
		got = read(STDIN_FILENO, s->raw, sizeof(s->raw));
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		return E_AGAIN;
	if (got <= 0)
		return got < 0 ? E_CLOSED : 0;
	s->at = 0;
	s->end = (size_t)got;
	return give_octets(s, p, n);
}

static ssize_t
stdout_write(struct transport *t unused_arg, const void *p, size_t n)
{
	struct pollfd ask = { .fd = STDOUT_FILENO, .events = POLLOUT };
	ssize_t done;

	while ((done = write(STDOUT_FILENO, p, n)) < 0)
		if (errno == EAGAIN)
			(void)poll(&ask, 1, -1);
		else if (errno != EINTR)
			return E_CLOSED;
	return done;
}

static void
stdio_close(struct transport *t)
{
	struct stdio *s = container_of(t, struct stdio, t);

	if (s->watched)
		loop_unwatch(s->loop, &s->watch);
	free(s);
}

static struct transport *
stdio_new(struct loop *l)
{
	static const struct transport_ops ops = { stdin_read, stdout_write,
		stdio_close };
	struct stdio *s = calloc(1, sizeof(*s));

	bug_if(!s);
	s->t.ops = &ops;
	s->loop = l;
	s->watch = (struct watch){ .fd = STDIN_FILENO,
		.events = EPOLLIN | EPOLLET, .fn = stdin_event };
	s->watched = loop_watch(l, &s->watch, NULL) == 0;
	return &s->t;
}

/* ---- the session --------------------------------------------------------- */

static int
sign_as_author(struct smtp_session *s, const struct signable *what,
    struct arena *a, struct str *fields, struct err *err unused_arg)
{
	struct local *p = s->service->o.verbs_arg;

	submit_local_sign(p->to, what, a, fields);
	return 0;
}

static void
mark_cut(struct smtp_session *s)
{
	struct local *p = s->service->o.verbs_arg;

	p->cut = true;
}

struct stdin_session {
	bool done;
};

static void
session_done(void *arg)
{
	struct stdin_session *s = arg;

	s->done = true;
}

static int
serve_stdin(struct local *p, void *arg)
{
	struct stdin_session *session = arg;
	const struct peer peer = { .address = "127.0.0.1" };
	struct smtp_options o = { .loop = p->loop,
		.max_recipients = MAX_RCPTS, .timeout_s = TIMEOUT_S,
		.compress = p->compress, .local = true, .dsn = true,
		.sign = sign_as_author, .cut = mark_cut, .verbs_arg = p };
	struct smtp_service *service;
	int code = local_open(p);

	if (code != 0)
		return code;
	o.hostname = p->header.hostname;
	o.max_message = submit_local_max_message(p->to);
	o.store = submit_local_store(p->to);
	service = smtp_service_new(&o);
	smtp_start(service, stream_new(p->loop, stdio_new(p->loop)), &peer,
	    LISTEN_TLS_LOGIN, session_done, session);
	smtp_service_unref(service);
	while (!session->done)
		(void)fiber_sleep(p->loop, loop_now_ms(p->loop) + 20);
	return !p->cut ? 0 : local_fail(p, LOCAL_DATA, "the input ended "
	    "before the message did: it was not sent");
}

int
local_smtp(struct local *p)
{
	struct stdin_session session = { 0 };
	int code = local_run(p, serve_stdin, &session);

	if (code != 0 && !p->cut)
		(void)!write(STDOUT_FILENO,
		    "421 4.3.0 The server is not there\r\n", 35);
	return code;
}
