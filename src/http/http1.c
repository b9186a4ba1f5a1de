/*
 * http1.c - HTTP/1 for rt/dialogue.h: heads, one behind another, how answers to
 * them are written, and what becomes of the connection.            RFC 9112
 */
#include "http/http_int.h"

static struct http_session *
session_of(struct dialogue *d)
{
	return container_of(d, struct http_session, d);
}

void
http_pace(struct http_request *r, int64_t begun_ms, uint64_t octets)
{
	stream_deadline(r->session->d.stream,
	    http_pace_until(r, begun_ms, octets));
}

/* ---- the head ------------------------------------------------------------ */

/* One line of the head; *left octets may come. 0, the status of a refusal, or
 * E_*. */
static int
head_line(struct http_request *r, size_t *left, uint16_t too_long,
    struct str *line, struct err *err)
{
	size_t max = *left < HTTP_LINE_MAX ? *left : HTTP_LINE_MAX;
	int e = dialogue_line(&r->session->d, max, line, err);

	if (e == E_LIMIT)
		return too_long;
	if (e == E_PROTO)
		return 400;
	if (e < 0)
		return e;
	*left -= line->n;
	*line = str_dup(r->mem, *line);
	return 0;
}

/* From the request line to the empty one.                      RFC 9112 2.2 */
static int
read_head(struct http_request *r, struct err *err)
{
	size_t left = HTTP_HEAD_MAX;
	struct str line;
	int e = head_line(r, &left, 414, &line, err);

	/* One empty line is forgiven: some send it behind a body. */
	if (e == 0 && line.n == 0)
		e = head_line(r, &left, 414, &line, err);
	if (e == 0)
		e = http_head_begin(&r->head, line, r->mem);
	while (e == 0) {
		e = head_line(r, &left, 431, &line, err);
		if (e == 0 && line.n == 0)
			return http_head_end(&r->head);
		if (e == 0)
			e = http_head_field(&r->head, line);
	}
	return e;
}

/* ---- the answer ---------------------------------------------------------- */

static void
say_head(struct http_request *r, struct str fields, int64_t length)
{
	struct stream *s = r->session->d.stream;

	r->last |= r->head.close || !http1_body_is_small(r) ||
	    loop_stopping(r->session->d.loop);
	http_pace(r, r->begun_ms, 0);
	(void)stream_printf(s, "HTTP/1.1 %u %s\r\n", r->status,
	    http_reason(r->status));
	(void)stream_write(s, fields);
	if (r->last)
		(void)stream_write(s, STR("Connection: close\r\n"));
	/* Who speaks 1.0 sees the end when the connection ends. */
	r->stream_chunks = length == HTTP_ANY_LENGTH && r->head.minor > 0;
	if (r->stream_chunks)
		(void)stream_write(s, STR("Transfer-Encoding: chunked\r\n"));
	(void)stream_write(s, STR("\r\n"));
}

static int
say_octets(struct http_request *r, struct str octets)
{
	struct stream *s = r->session->d.stream;

	http_pace(r, r->begun_ms, r->sent);
	if (!r->stream_chunks)
		return stream_write(s, octets);
	(void)stream_printf(s, "%zx\r\n", octets.n);
	(void)stream_write(s, octets);
	return stream_write(s, STR("\r\n"));
}

static int
flush_answer(struct http_request *r)
{
	return stream_flush(r->session->d.stream, NULL);
}

static void
finish_answer(struct http_request *r)
{
	r->last |= r->broken;
	if (r->stream_chunks && !r->mute)
		(void)stream_write(r->session->d.stream, STR("0\r\n\r\n"));
}

/* A request that comes behind this one is left where it is. */
static int
look_there(struct http_request *r)
{
	(void)stream_poll(r->session->d.stream);
	return stream_failed(r->session->d.stream);
}

static void
rest_there(struct http_request *r)
{
	stream_rest(r->session->d.stream);
}

const struct http_wire http1_wire = { "1.1", http1_read, say_head, say_octets,
	flush_answer, finish_answer, look_there, rest_there };

struct stream *
http_upgrade(struct http_request *r, struct str protocol)
{
	struct stream *s = r->session->d.stream;
	auto_buf date = BUF_INIT(100);

	if (r->wire != &http1_wire)
		return NULL;
	bug_if(r->status != 0 || buf_failed(&r->fields));
	r->status = 101;
	r->last = true;
	(void)stream_printf(s, "HTTP/1.1 101 %s\r\n", http_reason(101));
	http_put_date(r, &date);
	(void)stream_write(s, buf_get(&date));
	(void)stream_printf(s, "Connection: Upgrade\r\nUpgrade: %.*s\r\n",
	    STR_FMT(protocol));
	(void)stream_write(s, buf_get(&r->fields));
	(void)stream_write(s, STR("\r\n"));
	(void)stream_flush(s, NULL);
	return s;
}

/* ---- one request --------------------------------------------------------- */

/* Of a head that was not understood nothing behind it is. */
static void
forget_rest(struct http_request *r)
{
	r->last = true;
	r->head.chunked = true;	/* nobody knows how much comes */
}

static int
answer_request(struct http_request *r, struct err *err)
{
	int e = read_head(r, err);

	if (e < 0)
		return e;
	if (e > 0)
		forget_rest(r);
	if ((e = http_answer_request(r, (uint16_t)e, err)) < 0)
		return e;
	if (r->last || http_is_useless(r->session)) {
		if (!http1_body_is_small(r))
			http_linger(r->session);
		return DIALOGUE_OVER;
	}
	e = http1_drop_body(r, err);
	return e > 0 ? DIALOGUE_OVER : e;
}

static void
end_request(struct http_session *s)
{
	struct http_request *r = s->request;

	if (!r)
		return;
	s->request = NULL;
	http_end_request(r);
	arena_reset(s->mem);
}

static int
one_request(struct dialogue *d, struct err *err)
{
	struct http_session *s = session_of(d);
	struct http_request *r = arena_new_of(s->mem, struct http_request);
	int e;

	http_begin_request(r, s, &http1_wire, s->mem);
	s->request = r;
	e = answer_request(r, err);
	/* The farewell wants to know how far it came. */
	if (e >= 0)
		end_request(s);
	return e;
}

/* ---- the connection ------------------------------------------------------ */

static int64_t
wait_ms(struct dialogue *d, bool parked)
{
	return parked ? (int64_t)session_of(d)->service->timeout_s * 1000 :
	    HTTP_HEAD_MS;
}

static void
trim_session(struct dialogue *d)
{
	arena_trim(session_of(d)->mem);
}

/* Who was too slow with a request hears it, if nothing was said to it yet; who
 * sent none does not.                                       RFC 9110 15.5.9 */
static void
say_farewell(struct dialogue *d, int e)
{
	struct http_request *r = session_of(d)->request;
	struct http_answer a;

	if (e != E_TIMEOUT || !r || r->status)
		return;
	forget_rest(r);
	a = http_problem(r, 408, NULL);
	http_say(r, &a);
	dialogue_deadline(d, HTTP_LINGER_MS);
}

static void
end_session(struct dialogue *d, const char *why)
{
	end_request(session_of(d));
	http_end_session(session_of(d), why, http1_wire.version);
}

const struct dialogue_ops http1_ops = { .greet = http_greet,
	.command = one_request, .wait_ms = wait_ms, .trim = trim_session,
	.farewell = say_farewell, .end = end_session };
