#include "carry/imap_client.h"

#include <stdarg.h>
#include <stdio.h>

#include "imap/grammar/scan.h"

enum { WAIT_MS = 300000, ANSWER_MAX = 64 * 1024, COMMAND_MAX = 8192 };

struct imap_client *
imap_client_new(struct loop *l, struct transport *t)
{
	struct imap_client *c = calloc(1, sizeof(*c));

	bug_if(!c);
	c->loop = l;
	c->stream = stream_new(l, t);
	c->mem = arena_new(SCAN_ARENA(ANSWER_MAX));
	c->answer = BUF_INIT(ANSWER_MAX);
	return c;
}

void
imap_client_free(struct imap_client *c)
{
	if (!c)
		return;
	stream_close(c->stream);
	arena_free(c->mem);
	buf_free(&c->answer);
	free(c);
}

static void
wait_from_now(struct imap_client *c)
{
	stream_deadline(c->stream, loop_now_ms(c->loop) + WAIT_MS);
}

int
imap_send_line(struct imap_client *c, struct str line, struct err *err)
{
	wait_from_now(c);
	(void)stream_write(c->stream, line);
	(void)stream_write(c->stream, STR("\r\n"));
	return stream_flush(c->stream, err);
}

int
imap_send(struct imap_client *c, struct err *err, const char *fmt, ...)
{
	auto_buf b = BUF_INIT(COMMAND_MAX);
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	bug_if(n < 0);
	buf_printf(&b, "a%u ", ++c->tag);
	buf_put(&b, text, (size_t)n);
	free(text);
	return buf_failed(&b) ? err_set(err, E_LIMIT, "too long a command") :
	    imap_send_line(c, buf_get(&b), err);
}

/* Octets of a literal: kept in the answer, or a message's. */
static int
read_literal(struct imap_client *c, uint64_t n, bool body, struct err *err)
{
	bool wanted = body && c->body.put && n <= c->longest;
	struct str s;
	int rc;

	if (!body && n > c->answer.cap - c->answer.n)
		return err_set(err, E_PROTO, "the server says too much");
	while (n > 0) {
		wait_from_now(c);
		if ((rc = stream_peek(c->stream, &s, err)) < 0)
			return rc;
		s.n = n < s.n ? (size_t)n : s.n;
		if (wanted)
			c->body.put(c->body.arg, s);
		else if (!body)
			buf_str(&c->answer, s);
		stream_eat(c->stream, s.n);
		n -= s.n;
	}
	return 0;
}

/* All lines and literals of an answer. */
static int
gather(struct imap_client *c, struct err *err)
{
	struct str line, text;
	bool body, more = true;
	uint64_t n;
	int rc = 0;

	buf_reset(&c->answer);
	c->too_long = false;
	while (more && rc == 0) {
		wait_from_now(c);
		rc = stream_line(c->stream, ANSWER_MAX, &line, err);
		if (rc < 0)
			break;
		more = imap_literal(line, &text, &n);
		body = more && str_endsi(text, STR("BODY[] ")) && str_starts(
		    c->answer.n ? buf_get(&c->answer) : text, STR("* "));
		if (!body) {
			buf_str(&c->answer, line);
			buf_str(&c->answer, more ? STR("\r\n") : STR(""));
		} else {
			buf_str(&c->answer, text);
			buf_lit(&c->answer, "\"\"");
			c->too_long |= n > c->longest;
		}
		if (buf_failed(&c->answer))
			return err_set(err, E_PROTO,
			    "the server says too much");
		if (more)
			rc = read_literal(c, n, body, err);
	}
	return rc == E_LIMIT ? err_set(err, E_PROTO,
	    "the server says too much") : rc;
}

int
imap_receive(struct imap_client *c, struct imap_answer *a, struct err *err)
{
	char tag[16];
	int rc = gather(c, err);

	if (rc < 0)
		return rc;
	arena_reset(c->mem);
	if (!imap_answer_read(buf_get(&c->answer), a, c->mem))
		return err_set(err, E_PROTO, "the server speaks no IMAP: "
		    "%.*s", STR_FMT(str_first(buf_get(&c->answer), 80)));
	(void)snprintf(tag, sizeof(tag), "a%u", c->tag);
	if (a->kind != IMAP_DONE) {
		if (a->kind == IMAP_STATUS && str_eqi(a->status, STR("BYE")))
			return err_set(err, E_CLOSED, "the server ended it: "
			    "%.*s", STR_FMT(str_first(a->text, 150)));
		return 1;
	}
	if (!str_eq(a->tag, str_c(tag)))
		return err_set(err, E_PROTO, "an answer to no command");
	return str_eqi(a->status, STR("OK")) ? 0 : err_set(err, E_DENIED,
	    "%.*s", STR_FMT(str_first(a->text, 150)));
}

int
imap_finish(struct imap_client *c, struct err *err)
{
	struct imap_answer a;
	int rc;

	while ((rc = imap_receive(c, &a, err)) > 0)
		;
	return rc;
}
