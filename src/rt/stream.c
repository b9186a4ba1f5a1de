#include "rt/stream.h"

#include <errno.h>
#include <stdarg.h>

#include "base/buf.h"
#include "rt/stream_int.h"

enum {
	READ_SIZE = 16384,
	LINE_SIZE_MAX = 1 << 20,
	OUT_FULL = 65536,
	LEAVE_MS = 3000,	/* of the 5 s that master gives */
};

struct stream {
	struct loop *loop;
	struct transport *t;
	bool kicked, parked, leaves;
	enum { LF_OF_LINE, LF_ENDS_LINE, LF_REFUSED } lone_lf;
	uint16_t sys;	/* errno of the failure; 0: none */
	int failed;
	int64_t deadline, leave_ms;
	struct fiber *waiter;

	char *in; /* octets [at, end) have come and are not taken */
	size_t at, end, size;
	struct buf out;
	size_t sent;

	void (*resume)(void *arg, enum park why);
	void *arg;
	enum park why;
	struct timer timer;
	struct stop_hook stop;
};

/* Life ------------------------------------------------------------------ */

static void on_ready(void *arg);

static void
attach(struct stream *s, struct transport *t)
{
	s->t = t;
	t->ready = on_ready;
	t->arg = s;
}

struct stream *
stream_new(struct loop *l, struct transport *t)
{
	struct stream *s = calloc(1, sizeof(*s));

	bug_if(!s);
	s->loop = l;
	s->deadline = s->leave_ms = NEVER;
	buf_init(&s->out, OUT_FULL * 4);
	attach(s, t);
	return s;
}

void
stream_close(struct stream *s)
{
	if (!s)
		return;
	timer_clear(s->loop, &s->timer);
	loop_off_stop(&s->stop);
	s->t->ops->close(s->t);
	free(s->in);
	buf_free(&s->out);
	free(s);
}

void
stream_deadline(struct stream *s, int64_t at_ms)
{
	s->deadline = at_ms;
}

void
stream_leave_at_stop(struct stream *s)
{
	s->leaves = true;
}

int
stream_failed(const struct stream *s)
{
	return s->failed;
}

bool
stream_revive(struct stream *s)
{
	if (s->failed != E_TIMEOUT && s->failed != E_CANCELED)
		return false;
	s->failed = 0;
	return true;
}

int
stream_fail(struct stream *s, int code, struct err *err)
{
	char room[64];

	if (!s->failed && (code == E_RESET || code == E_IO))
		s->sys = (uint16_t)errno;
	if (!s->failed)
		s->failed = code;
	return err_set(err, s->failed, "%s", s->sys ?
	    strerror_r(s->sys, room, sizeof(room)) : err_name(s->failed));
}

static void
leave_soon(struct stop_hook *h)
{
	struct stream *s = container_of(h, struct stream, stop);

	s->leave_ms = loop_now_ms(s->loop) + LEAVE_MS;
	fiber_wake(s->loop, s->waiter);
}

/* Suspend until the transport says so. */
int
stream_wait(struct stream *s)
{
	bool leaving = s->leave_ms < s->deadline;
	int rc;

	if (s->leaves && s->leave_ms == NEVER)
		loop_on_stop(s->loop, &s->stop, leave_soon);
	s->waiter = fiber_self(s->loop);
	rc = fiber_wait(s->loop, leaving ? s->leave_ms : s->deadline);
	s->waiter = NULL;
	loop_off_stop(&s->stop);
	return rc == E_TIMEOUT && leaving ? E_CANCELED : rc;
}

/* Reading --------------------------------------------------------------- */

static void
make_room(struct stream *s)
{
	if (s->at == s->end)
		s->at = s->end = 0;
	if (s->end < s->size)
		return;
	if (s->at > 0) {
		memmove(s->in, s->in + s->at, s->end - s->at);
		s->end -= s->at;
		s->at = 0;
		return;
	}
	s->size = s->size ? s->size * 2 : READ_SIZE;
	s->in = realloc(s->in, s->size);
	bug_if(!s->in);
}

/* What is there, without waiting: octets read, 0 at the end, or E_*. */
static ssize_t
fill(struct stream *s)
{
	ssize_t n;

	make_room(s);
	n = s->t->ops->read(s->t, s->in + s->end, s->size - s->end);
	if (n > 0)
		s->end += (size_t)n;
	return n;
}

/* Wait for at least one more octet. */
static int
more(struct stream *s, struct err *err)
{
	ssize_t n;
	int rc;

	if (s->failed)
		return stream_fail(s, s->failed, err);
	while ((n = fill(s)) == E_AGAIN)
		if ((rc = stream_wait(s)) < 0)
			return stream_fail(s, rc, err);
	if (n == 0)
		return stream_fail(s, E_CLOSED, err);
	return n < 0 ? stream_fail(s, (int)n, err) : 0;
}

/* Where the line ends, at or after `from`, and the next one begins; false if
 * its end has not come yet. */
static bool
find_line_end(const struct stream *s, size_t from, size_t *at, size_t *next)
{
	const char *p = s->in + from, *end = s->in + s->end;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		bool cr = p > s->in + s->at && p[-1] == '\r';

		p++;
		*next = (size_t)(p - s->in);
		*at = *next - (cr ? 2 : 1);
		if (cr || s->lone_lf != LF_OF_LINE)
			return true;
	}
	return false;
}

int
stream_line(struct stream *s, size_t max, struct str *line, struct err *err)
{
	size_t seen = 0, end, next;
	int rc;

	bug_if(max > LINE_SIZE_MAX);
	while (s->at == s->end ||
	    !find_line_end(s, s->at + seen, &end, &next)) {
		seen = s->end - s->at;
		if (seen > max + 1)
			return err_set(err, E_LIMIT, "line too long");
		if ((rc = more(s, err)) < 0)
			return rc;
	}
	if (end - s->at > max)
		return err_set(err, E_LIMIT, "line too long");
	if (s->lone_lf == LF_REFUSED && next - end == 1)
		return err_set(err, E_PROTO, "LF without CR");
	*line = str_make(s->in + s->at, end - s->at);
	s->at = next;
	return 0;
}

int
stream_skip_line(struct stream *s, struct err *err)
{
	size_t end, next;
	int rc;

	while (s->at == s->end || !find_line_end(s, s->at, &end, &next)) {
		/* A CR at the end may be the first half. */
		if (s->end - s->at > 1)
			s->at = s->end - 1;
		if ((rc = more(s, err)) < 0)
			return rc;
	}
	s->at = next;
	return 0;
}

void
stream_lone_lf(struct stream *s)
{
	s->lone_lf = LF_ENDS_LINE;
}

void
stream_refuse_lf(struct stream *s)
{
	s->lone_lf = LF_REFUSED;
}

int
stream_peek(struct stream *s, struct str *octets, struct err *err)
{
	int rc = s->at == s->end ? more(s, err) : 0;

	if (rc < 0)
		return rc;
	*octets = stream_buffered(s);
	return 0;
}

int
stream_peek_behind(struct stream *s, size_t seen, struct str *octets,
    struct err *err)
{
	int rc = s->end - s->at <= seen ? more(s, err) : 0;

	if (rc < 0)
		return rc;
	*octets = stream_buffered(s);
	return 0;
}

void
stream_came(struct stream *s, struct str octets)
{
	bug_if(s->in);
	while (s->size < octets.n) {
		s->end = s->size;
		make_room(s);
	}
	if (octets.n > 0)
		memcpy(s->in, octets.p, octets.n);
	s->end = octets.n;
}

int
stream_socket(const struct stream *s)
{
	return transport_socket_fd(s->t);
}

void
stream_eat(struct stream *s, size_t n)
{
	bug_if(n > s->end - s->at);
	s->at += n;
}

struct str
stream_buffered(struct stream *s)
{
	return str_make(s->in + s->at, s->end - s->at);
}

bool
stream_has_more(struct stream *s)
{
	if (s->failed)
		return false;
	return s->at < s->end || fill(s) > 0;
}

struct str
stream_poll(struct stream *s)
{
	ssize_t n = s->at == s->end ? fill(s) : E_AGAIN;

	if (n <= 0 && n != E_AGAIN)
		(void)stream_fail(s, n == 0 ? E_CLOSED : (int)n, NULL);
	return stream_buffered(s);
}

/* Writing --------------------------------------------------------------- */

int
stream_flush(struct stream *s, struct err *err)
{
	int rc;

	while (!s->failed && s->sent < s->out.n) {
		ssize_t n = s->t->ops->write(s->t, s->out.p + s->sent,
		    s->out.n - s->sent);

		if (n >= 0)
			s->sent += (size_t)n;
		else if (n != E_AGAIN)
			return stream_fail(s, (int)n, err);
		else if ((rc = stream_wait(s)) < 0)
			return stream_fail(s, rc, err);
	}
	s->sent = 0;
	buf_reset(&s->out);
	return s->failed ? stream_fail(s, s->failed, err) : 0;
}

int
stream_write(struct stream *s, struct str octets)
{
	while (!s->failed && octets.n > 0) {
		struct str piece = str_first(octets, OUT_FULL);

		buf_str(&s->out, piece);
		octets = str_from(octets, piece.n);
		if (s->out.n >= OUT_FULL)
			(void)stream_flush(s, NULL);
	}
	return s->failed;
}

int
stream_printf(struct stream *s, const char *fmt, ...)
{
	char line[1024], *big = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	bug_if(n < 0);
	if ((size_t)n < sizeof(line))
		return stream_write(s, str_make(line, (size_t)n));
	va_start(ap, fmt);
	bug_if(vasprintf(&big, fmt, ap) < 0);
	va_end(ap);
	(void)stream_write(s, str_make(big, (size_t)n));
	free(big);
	return s->failed;
}

ssize_t
stream_offer(struct stream *s, struct str octets)
{
	ssize_t n = 0;

	bug_if(s->out.n > 0);
	if (!s->failed && octets.n > 0)
		n = s->t->ops->write(s->t, octets.p, octets.n);
	if (n < 0 && n != E_AGAIN)
		(void)stream_fail(s, (int)n, NULL);
	if (s->failed)
		return s->failed;
	return n < 0 ? 0 : n;
}

static void
give_buffer_back(struct stream *s)
{
	free(s->in);
	s->in = NULL;
	s->at = s->end = s->size = 0;
}

void
stream_rest(struct stream *s)
{
	if (s->at == s->end)
		give_buffer_back(s);
	if (s->out.n == 0)
		buf_free(&s->out);
}

int
stream_pause(struct stream *s, int64_t at_ms)
{
	int rc;

	if (s->at == s->end)
		give_buffer_back(s);
	s->waiter = fiber_self(s->loop);
	rc = fiber_wait(s->loop, at_ms);
	s->waiter = NULL;
	return rc;
}

/* For stream_tls.c ------------------------------------------------------ */

struct transport *
stream_transport(const struct stream *s)
{
	return s->t;
}

void
stream_attach(struct stream *s, struct transport *t)
{
	s->at = s->end = 0;
	attach(s, t);
}

/* Waiting without a stack ------------------------------------------------ */

static void
resumed(void *arg)
{
	struct stream *s = arg;

	s->resume(s->arg, s->why);
}

static void
unpark(struct stream *s, enum park why)
{
	if (!s->parked)
		return;
	s->parked = false;
	s->kicked = false;
	s->why = why;
	timer_clear(s->loop, &s->timer);
	loop_off_stop(&s->stop);
	(void)fiber_spawn(s->loop, "session", resumed, s);
}

/* Something came while parked: only plain text is worth a fiber. */
static void
look(struct stream *s)
{
	ssize_t n = s->failed ? s->failed : fill(s);

	if (n > 0) {
		unpark(s, PARK_INPUT);
	} else if (n != E_AGAIN) {
		(void)stream_fail(s, n == 0 ? E_CLOSED : (int)n, NULL);
		unpark(s, PARK_CLOSED);
	} else {
		give_buffer_back(s);
	}
}

static void
on_ready(void *arg)
{
	struct stream *s = arg;

	if (s->waiter)
		fiber_wake(s->loop, s->waiter);
	else if (s->parked)
		look(s);
}

static void
on_timeout(struct timer *t)
{
	unpark(container_of(t, struct stream, timer), PARK_TIMEOUT);
}

static void
on_stop(struct stop_hook *h)
{
	unpark(container_of(h, struct stream, stop), PARK_STOP);
}

void
stream_park(struct stream *s, int64_t at_ms,
    void (*resume)(void *arg, enum park why), void *arg)
{
	bug_if(s->parked || s->waiter);
	s->resume = resume;
	s->arg = arg;
	s->parked = true;
	buf_free(&s->out);
	if (s->kicked)
		unpark(s, PARK_KICK);
	else if (s->at < s->end)
		unpark(s, PARK_INPUT);
	else
		look(s);
	if (!s->parked)
		return;
	timer_set(s->loop, &s->timer, at_ms, on_timeout);
	loop_on_stop(s->loop, &s->stop, on_stop);
}

void
stream_kick(struct stream *s)
{
	if (s->parked)
		unpark(s, PARK_KICK);
	else
		s->kicked = true;
}
