/*
 * http2.c - a connection of HTTP/2, for rt/dialogue.h.      RFC 9113 3 to 6, 9
 */
#include "http/http2_int.h"

#include <sys/mman.h>

static struct http2 *
http2_of(struct dialogue *d)
{
	return container_of(d, struct http_session, d)->http2;
}

static int64_t
now_of(const struct http2 *h)
{
	return loop_now_ms(h->session->d.loop);
}

/* ---- memory: nghttp2 has so much of a connection ------------------------- */

/* In front of each block: its size. */
union block {
	size_t size;
	max_align_t align;
};

/* Its buffer for frames is one such, of which a connection at rest has used the
 * beginning only: pages that were never written to cost nothing. */
static bool
is_pages(size_t size)
{
	return !HAVE_ASAN && size >= 16384;
}

static union block *
new_block(size_t size)
{
	union block *b = is_pages(size) ? mmap(NULL, sizeof(*b) + size,
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) :
	    malloc(sizeof(*b) + size);

	bug_if(!b || b == MAP_FAILED);
	b->size = size;
	return b;
}

static void
free_block(union block *b)
{
	if (is_pages(b->size))
		(void)munmap(b, sizeof(*b) + b->size);
	else
		free(b);
}

static void *
take_block(void *p, size_t n, void *arg)
{
	struct http2 *h = arg;
	union block *old = p ? (union block *)p - 1 : NULL, *b;
	size_t had = old ? old->size : 0;

	if (n > HTTP2_NGHTTP2_MAX - (h->used - had))
		return NULL;
	b = new_block(n);
	if (old) {
		memcpy(b + 1, p, had < n ? had : n);
		free_block(old);
	}
	h->used = h->used - had + n;
	return b + 1;
}

static void *
take_new(size_t n, void *arg)
{
	return take_block(NULL, n, arg);
}

static void *
take_zeros(size_t n, size_t size, void *arg)
{
	size_t total;
	void *p;

	if (__builtin_mul_overflow(n, size, &total))
		return NULL;
	p = take_block(NULL, total, arg);
	return p ? memset(p, 0, total) : NULL;
}

static void
give_block(void *p, void *arg)
{
	struct http2 *h = arg;
	union block *b = p ? (union block *)p - 1 : NULL;

	if (!b)
		return;
	h->used -= b->size;
	free_block(b);
}

/* ---- what asks for nothing ----------------------------------------------- */

/* Frames are cheap to send, and some cost us more than them: a stream that is
 * reset as soon as it began, a setting that is answered, a piece of a body with
 * nothing in it. They have a budget that is filled again with time; whoever has
 * used it up does not mean well.                            RFC 9113 10.5 */
static void
spend(struct http2 *h, int64_t cost)
{
	int64_t back = (now_of(h) - h->spent_ms) * HTTP2_BUDGET_PER_S / 1000;

	h->spent_ms += back * 1000 / HTTP2_BUDGET_PER_S;
	if (h->spent > 0)
		h->spent -= back < h->spent ? back : h->spent;
	h->spent += cost;
	if (h->spent <= HTTP2_BUDGET || h->flooded)
		return;
	log_ctx_event(&h->session->d.log, LOG_INFO, "http2_flood",
	    F_INT("requests", h->session->requests));
	h->flooded = h->leaving = true;
	http2_break(h, nghttp2_session_terminate_session(h->frames,
	    NGHTTP2_ENHANCE_YOUR_CALM));
}

enum { COST_FRAME = 1, COST_RESET = 10 };

static int
begin_frame(nghttp2_session *frames, const nghttp2_frame_hd *f, void *arg)
{
	struct http2 *h = arg;

	switch (f->type) {
	case NGHTTP2_DATA:
		if (f->length == 0 || !nghttp2_session_get_stream_user_data(
		    frames, f->stream_id))
			spend(h, COST_FRAME);
		break;
	case NGHTTP2_HEADERS:
		h->fields_octets = 0;
		if (f->stream_id >
		    nghttp2_session_get_last_proc_stream_id(frames))
			h->head_ms = now_of(h);
		else
			spend(h, COST_FRAME);
		break;
	case NGHTTP2_CONTINUATION:
		break;
	case NGHTTP2_RST_STREAM:
		spend(h, COST_RESET);
		break;
	default:
		spend(h, COST_FRAME);
	}
	return 0;
}

/* They will answer it with some that widen their windows, now or later: there
 * are programs that send two for each piece that they have read. */
static int
frame_sent(nghttp2_session *frames unused_arg, const nghttp2_frame *f,
    void *arg)
{
	struct http2 *h = arg;

	if (f->hd.type != NGHTTP2_DATA)
		return 0;
	h->spent -= 2 * COST_FRAME *
	    (1 + (int64_t)f->hd.length / HTTP2_READ_PIECE);
	if (h->spent < -HTTP2_CREDIT)
		h->spent = -HTTP2_CREDIT;
	return 0;
}

static int
refused_frame(nghttp2_session *frames unused_arg,
    const nghttp2_frame *f unused_arg, int code unused_arg, void *arg)
{
	struct http2 *h = arg;

	h->head_ms = NEVER;
	spend(h, COST_RESET);
	return 0;
}

/* ---- what frames say ----------------------------------------------------- */

static bool
begins_request(const nghttp2_frame *f)
{
	return f->hd.type == NGHTTP2_HEADERS &&
	    f->headers.cat == NGHTTP2_HCAT_REQUEST;
}

static struct http2_stream *
stream_of_frame(nghttp2_session *frames, const nghttp2_frame *f)
{
	return nghttp2_session_get_stream_user_data(frames, f->hd.stream_id);
}

/* Streams that they have reset are none to nghttp2, but their fibers may be at
 * work still. What comes while GOAWAY is on its way is not among what that says
 * was looked at, and will be asked for elsewhere. */
static int
begin_head(nghttp2_session *frames, const nghttp2_frame *f, void *arg)
{
	struct http2 *h = arg;
	struct http2_stream *st;

	if (!begins_request(f))
		return 0;
	if (h->nstreams == HTTP2_STREAMS || h->leaving || h->over) {
		h->head_ms = NEVER;
		spend(h, COST_RESET);
		return nghttp2_submit_rst_stream(frames, NGHTTP2_FLAG_NONE,
		    f->hd.stream_id, NGHTTP2_REFUSED_STREAM);
	}
	st = http2_stream_new(h, f->hd.stream_id);
	return nghttp2_session_set_stream_user_data(frames, st->id, st);
}

/* Behind a body they mean nothing here. An octet can stand for a long field
 * that was said before, and each is looked at: who says many such is not told
 * that it is too much (431), nothing more of it is looked at. */
static int
take_field(nghttp2_session *frames, const nghttp2_frame *f,
    const uint8_t *name, size_t name_n, const uint8_t *value, size_t value_n,
    uint8_t flags unused_arg, void *arg)
{
	struct http2_stream *st = stream_of_frame(frames, f);
	struct http2 *h = arg;

	if (st && begins_request(f))
		http2_stream_field(st, str_make((const char *)name, name_n),
		    str_make((const char *)value, value_n));
	h->fields_octets += name_n + value_n;
	if (h->fields_octets <= HTTP2_FIELDS_MAX)
		return 0;
	h->head_ms = NEVER;
	spend(h, COST_RESET);
	return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static int
take_frame(nghttp2_session *frames, const nghttp2_frame *f, void *arg)
{
	struct http2 *h = arg;
	struct http2_stream *st = stream_of_frame(frames, f);
	bool end = f->hd.flags & NGHTTP2_FLAG_END_STREAM;

	if (f->hd.type == NGHTTP2_HEADERS)
		h->head_ms = NEVER;
	if (st && begins_request(f))
		http2_stream_start(st, !end);
	else if (st && end && (f->hd.type == NGHTTP2_DATA ||
	    f->hd.type == NGHTTP2_HEADERS))
		http2_stream_body_over(st);
	return 0;
}

static int
take_octets(nghttp2_session *frames, uint8_t flags unused_arg, int32_t id,
    const uint8_t *p, size_t n, void *arg unused_arg)
{
	struct http2_stream *st = nghttp2_session_get_stream_user_data(frames,
	    id);

	if (!st)
		return nghttp2_session_consume(frames, id, n);
	http2_stream_octets(st, str_make((const char *)p, n));
	return 0;
}

static int
close_stream(nghttp2_session *frames, int32_t id, uint32_t code,
    void *arg unused_arg)
{
	struct http2_stream *st = nghttp2_session_get_stream_user_data(frames,
	    id);

	if (!st)
		return 0;
	(void)nghttp2_session_set_stream_user_data(frames, id, NULL);
	if (st->fiber)
		http2_stream_close(st, code ? E_RESET : E_CLOSED);
	else
		http2_stream_drop(st);
	return 0;
}

/* A frame of an answer, whose octets are the stream's. Nothing else would stop
 * nghttp2 while windows are open and there is something to say. */
static int
put_octets(nghttp2_session *frames, nghttp2_frame *f, const uint8_t *head,
    size_t n, nghttp2_data_source *from unused_arg, void *arg)
{
	struct http2 *h = arg;
	struct http2_stream *st = stream_of_frame(frames, f);

	bug_if(!st);
	buf_put(&h->out, head, 9);
	http2_stream_put(st, n, &h->out);
	if (f->hd.flags & NGHTTP2_FLAG_END_STREAM) {
		st->ended = true;
		fiber_wake(h->session->d.loop, st->fiber);
	}
	return h->out.n < HTTP2_OUT ? 0 : NGHTTP2_ERR_PAUSE;
}

/* ---- what we say of ourselves -------------------------------------------- */

/* Priorities of streams are no tree (RFC 9218): each that has something to say
 * has its turn. */
static void
say_settings(struct http2 *h)
{
	const nghttp2_settings_entry said[] = {
		{ NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, HTTP2_STREAMS },
		{ NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, HTTP2_WINDOW },
		{ NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, HTTP_HEAD_MAX },
		{ NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1 },
	};

	http2_break(h, nghttp2_submit_settings(h->frames, NGHTTP2_FLAG_NONE,
	    said, NELEM(said)));
	http2_break(h, nghttp2_session_set_local_window_size(h->frames,
	    NGHTTP2_FLAG_NONE, 0, HTTP2_WINDOW_LONG));
}

void
http2_go_away(struct http2 *h)
{
	if (h->leaving)
		return;
	h->leaving = true;
	http2_break(h, nghttp2_submit_goaway(h->frames, NGHTTP2_FLAG_NONE,
	    nghttp2_session_get_last_proc_stream_id(h->frames),
	    NGHTTP2_NO_ERROR, NULL, 0));
	http2_wake(h);
}

void
http2_break(struct http2 *h, int rc)
{
	if (rc >= 0 || !nghttp2_is_fatal(rc) || h->broken)
		return;
	h->broken = rc == NGHTTP2_ERR_NOMEM || rc == NGHTTP2_ERR_FLOODED ?
	    E_LIMIT : E_PROTO;
	http2_wake(h);
}

/* ---- reading and sending ------------------------------------------------- */

void
http2_wake(struct http2 *h)
{
	if (h->driver)
		fiber_wake(h->session->d.loop, h->driver);
	else
		stream_kick(h->session->d.stream);
}

/* One look at what has come: how many octets, or E_*. Who takes nothing is not
 * read either. */
static ssize_t
read_some(struct http2 *h)
{
	struct stream *s = h->session->d.stream;
	struct str there;
	ssize_t n;

	if (h->out.n >= HTTP2_OUT)
		return 0;
	there = stream_poll(s);
	if (there.n == 0)
		return stream_failed(s);
	n = nghttp2_session_mem_recv(h->frames, (const uint8_t *)there.p,
	    there.n);
	stream_eat(s, there.n);
	http2_break(h, (int)(n < 0 ? n : 0));
	return (ssize_t)there.n;
}

/* Frames, until there are enough of them for now. */
static void
fill_out(struct http2 *h)
{
	bool empty = h->out.n == 0;
	const uint8_t *p;
	ssize_t n = 1;

	while (n > 0 && h->out.n < HTTP2_OUT) {
		n = nghttp2_session_mem_send(h->frames, &p);
		if (n > 0)
			buf_put(&h->out, p, (size_t)n);
	}
	http2_break(h, (int)(n < 0 ? n : 0));
	bug_if(buf_failed(&h->out));
	if (empty)
		h->stuck_ms = now_of(h);
}

static ssize_t
send_some(struct http2 *h)
{
	ssize_t n;

	fill_out(h);
	n = stream_offer(h->session->d.stream, buf_get(&h->out));
	if (n <= 0)
		return n;
	buf_eat(&h->out, (size_t)n);
	h->stuck_ms = now_of(h);
	return n;
}

static bool
is_over(const struct http2 *h)
{
	return h->out.n == 0 && !nghttp2_session_want_read(h->frames) &&
	    !nghttp2_session_want_write(h->frames);
}

/* Until nothing is left to be done; stay: and every stream has ended, or until
 * then. 0, DIALOGUE_OVER, or E_*. */
static int
run_until(struct http2 *h, bool stay, int64_t until_ms)
{
	ssize_t in, out;

	for (int n = 1;; n++) {
		in = read_some(h);
		out = send_some(h);
		if (in < 0 || out < 0)
			return (int)(out < 0 ? out : in);
		if (h->broken)
			return h->broken;
		if (is_over(h))
			return DIALOGUE_OVER;
		if (in > 0 || out > 0) {
			if (n % 16 == 0)
				fiber_yield(h->session->d.loop);
			continue;
		}
		if (h->out.n == 0 && (!stay || h->nstreams == 0))
			return 0;
		if (h->out.n > 0 && h->stuck_ms + HTTP_PACE_MS < until_ms)
			until_ms = h->stuck_ms + HTTP_PACE_MS;
		in = stream_pause(h->session->d.stream, until_ms);
		if (in < 0)
			return (int)in;
	}
}

static int
run_connection(struct http2 *h, bool stay, int64_t until_ms)
{
	int e;

	h->driver = fiber_self(h->session->d.loop);
	e = run_until(h, stay, until_ms);
	h->driver = NULL;
	return e;
}

/* ---- the dialogue -------------------------------------------------------- */

/* Something came, or a stream has something to say. */
static int
go_on(struct dialogue *d, struct err *err)
{
	struct http2 *h = http2_of(d);
	int e = run_connection(h, false, NEVER);

	/* Who is parked from now on would not be told. */
	if (e == 0 && loop_stopping(d->loop))
		e = E_CANCELED;
	/* What they go on sending must not throw away why they may not. */
	if (e == DIALOGUE_OVER && h->leaving)
		http_linger(h->session);
	return e < 0 ? err_set(err, e, "%s", err_name(e)) : e;
}

/* Streams have deadlines of their own. Without any it is like between two
 * requests, whatever frames come; and a head that has begun is waited for. */
static int64_t
wait_ms(struct dialogue *d, bool parked)
{
	const struct http2 *h = http2_of(d);
	int64_t ms = (int64_t)1 << 40, left;

	if (!parked)
		return HTTP_HEAD_MS;
	if (h->nstreams == 0)
		ms = h->quiet_ms +
		    (int64_t)h->session->service->timeout_s * 1000 - now_of(h);
	if (h->head_ms != NEVER) {
		left = h->head_ms + HTTP_HEAD_MS - now_of(h);
		ms = left < ms ? left : ms;
	}
	return ms < 0 ? 0 : ms;
}

static void
trim_connection(struct dialogue *d)
{
	buf_free(&http2_of(d)->out);
}

/* Which requests were not looked at is said, so that they come again
 * elsewhere; the others are answered.                          RFC 9113 6.8 */
static void
say_farewell(struct dialogue *d, int e)
{
	struct http2 *h = http2_of(d);

	if (h->broken || h->out.n > 0)
		return;
	http2_go_away(h);
	(void)run_connection(h, e == E_CANCELED, now_of(h) + HTTP2_LEAVE_MS);
}

static void
leave_streams(struct dialogue *d)
{
	struct http2 *h = http2_of(d);

	h->over = true;
	list_each(struct http2_stream, st, &h->streams, link) {
		if (st->fiber)
			http2_stream_close(st, E_CLOSED);
		else
			http2_stream_drop(st);
	}
	h->driver = fiber_self(d->loop);
	h->quiet = h->nstreams == 0;
	fiber_wait_uncancelable(d->loop, &h->quiet);
}

static void
end_connection(struct dialogue *d, const char *why)
{
	struct http2 *h = http2_of(d);

	nghttp2_session_del(h->frames);
	bug_if(h->used > 0);
	buf_free(&h->out);
	http_end_session(h->session, why, "2");
	free(h);
}

/* ---- the beginning ------------------------------------------------------- */

static nghttp2_session_callbacks *
make_callbacks(void)
{
	nghttp2_session_callbacks *c;

	bug_if(nghttp2_session_callbacks_new(&c) != 0);
	nghttp2_session_callbacks_set_on_begin_frame_callback(c, begin_frame);
	nghttp2_session_callbacks_set_on_frame_send_callback(c, frame_sent);
	nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(c,
	    refused_frame);
	nghttp2_session_callbacks_set_on_begin_headers_callback(c, begin_head);
	nghttp2_session_callbacks_set_on_header_callback(c, take_field);
	nghttp2_session_callbacks_set_on_frame_recv_callback(c, take_frame);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(c,
	    take_octets);
	nghttp2_session_callbacks_set_on_stream_close_callback(c, close_stream);
	nghttp2_session_callbacks_set_send_data_callback(c, put_octets);
	return c;
}

static nghttp2_option *
make_options(void)
{
	nghttp2_option *o;

	bug_if(nghttp2_option_new(&o) != 0);
	/* Windows open as the octets are taken, not as they come. */
	nghttp2_option_set_no_auto_window_update(o, 1);
	nghttp2_option_set_no_closed_streams(o, 1);
	nghttp2_option_set_max_settings(o, HTTP2_SETTINGS_MAX);
	nghttp2_option_set_max_outbound_ack(o, HTTP2_BUDGET);
	return o;
}

static void
make_session(struct http2 *h)
{
	nghttp2_mem mem = { h, take_new, give_block, take_zeros, take_block };
	nghttp2_session_callbacks *callbacks = make_callbacks();
	nghttp2_option *options = make_options();

	bug_if(nghttp2_session_server_new3(&h->frames, callbacks, h, options,
	    &mem) != 0);
	nghttp2_option_del(options);
	nghttp2_session_callbacks_del(callbacks);
}

void
http2_begin(struct http_session *s)
{
	static const struct dialogue_ops ops = { .command = go_on,
		.kick = go_on, .wait_ms = wait_ms, .trim = trim_connection,
		.farewell = say_farewell, .end = end_connection,
		.leave = leave_streams };
	struct http2 *h = calloc(1, sizeof(*h));

	bug_if(!h);
	h->session = s;
	s->http2 = h;
	s->d.ops = &ops;
	h->out = BUF_INIT(2 * HTTP2_OUT + HTTP2_NGHTTP2_MAX);
	h->head_ms = NEVER;
	h->quiet_ms = h->spent_ms = now_of(h);
	make_session(h);
	say_settings(h);
	/* Is it over already? Then that is seen as soon as it is parked. */
	if (run_connection(h, false, NEVER) != 0)
		stream_kick(s->d.stream);
}
