/*
 * http2_stream.c - a stream of HTTP/2: one request and its answer.
 *                                                        RFC 9113 5.1, 8.1
 */
#include "http/http2_int.h"

static struct http2_stream *
stream_of(struct http_request *r)
{
	return container_of(r, struct http2_stream, r);
}

static struct loop *
loop_of(const struct http2_stream *st)
{
	return st->of->session->d.loop;
}

/* Nothing of it is of use to anybody.                          RFC 9113 6.4 */
static void
reset_stream(struct http2_stream *st, uint32_t code, int e)
{
	if (st->gone)
		return;
	st->gone = e;
	http2_break(st->of, nghttp2_submit_rst_stream(st->of->frames,
	    NGHTTP2_FLAG_NONE, st->id, code));
	http2_wake(st->of);
}

/* ---- the head ------------------------------------------------------------ */

/* What a field takes is counted as SETTINGS_MAX_HEADER_LIST_SIZE does. What is
 * too much is not kept.                                      RFC 9113 6.5.2 */
void
http2_stream_field(struct http2_stream *st, struct str name,
    struct str value)
{
	struct arena *mem = st->r.mem;
	bool path = str_eq(name, STR(":path"));

	st->head_octets += name.n + value.n + 32;
	if (st->refusal)
		return;
	if (value.n > HTTP_LINE_MAX || name.n > HTTP_LINE_MAX - value.n)
		st->refusal = path ? 414 : 431;
	else if (st->head_octets > HTTP_HEAD_MAX)
		st->refusal = 431;
	else
		st->refusal = http_head_pair(&st->r.head, str_dup(mem, name),
		    str_dup(mem, value));
}

/* A browser may send what is for one host over the connection of another if the
 * certificate names both. Of one that it does not name we cannot know whether
 * they meant us.                           RFC 9110 15.5.20, RFC 9113 9.1.1 */
static bool
is_misdirected(const struct http2_stream *st)
{
	struct str name, port;

	return !http_host(st->r.head.host, &name, &port) ||
	    !stream_tls_is_for(st->of->session->d.stream, name);
}

/* ---- the body ------------------------------------------------------------ */

void
http2_stream_octets(struct http2_stream *st, struct str octets)
{
	buf_str(&st->in, octets);
	bug_if(buf_failed(&st->in));	/* they keep to the window */
	fiber_wake(loop_of(st), st->fiber);
}

void
http2_stream_body_over(struct http2_stream *st)
{
	st->in_over = true;
	fiber_wake(loop_of(st), st->fiber);
}

/* Who waits for it is told to go on.                         RFC 9110 10.1.1 */
static void
ask_for_body(struct http2_stream *st)
{
	uint8_t name[] = ":status", value[] = "100";
	nghttp2_nv status = { name, value, sizeof(name) - 1,
		sizeof(value) - 1, NGHTTP2_NV_FLAG_NONE };

	if (!st->r.head.expects || st->r.continued)
		return;
	st->r.continued = true;
	http2_break(st->of, nghttp2_submit_headers(st->of->frames,
	    NGHTTP2_FLAG_NONE, st->id, NULL, &status, 1, NULL));
	http2_wake(st->of);
}

/* A long body that is wanted has a window to match. Nobody gets that before it
 * is known who they are. */
static void
widen(struct http2_stream *st)
{
	if (st->widened || st->r.route->body_max <= HTTP2_WINDOW)
		return;
	st->widened = true;
	http2_break(st->of, nghttp2_session_set_local_window_size(
	    st->of->frames, NGHTTP2_FLAG_NONE, st->id, HTTP2_WINDOW_LONG));
	http2_wake(st->of);
}

/* What came is taken, and as much may come again. */
static void
take_octets(struct http2_stream *st, struct str *octets)
{
	buf_free(&st->taken);
	st->taken = st->in;
	st->in = BUF_INIT(HTTP2_WINDOW_LONG);
	*octets = buf_get(&st->taken);
	st->r.got += octets->n;
	http2_break(st->of, nghttp2_session_consume(st->of->frames, st->id,
	    octets->n));
	http2_wake(st->of);
}

static int
read_octets(struct http_request *r, struct str *octets, struct err *err)
{
	struct http2_stream *st = stream_of(r);
	int e = 0;

	*octets = STR_NULL;
	widen(st);
	while (st->in.n == 0 && !st->in_over) {
		if (st->gone)
			return err_set(err, st->gone, "%s", err_name(st->gone));
		ask_for_body(st);
		e = fiber_wait(loop_of(st),
		    http_pace_until(r, r->begun_ms, r->got));
		if (e < 0 && st->in.n == 0 && !st->in_over)
			return err_set(err, e, "%s", err_name(e));
	}
	if (st->in.n > 0)
		take_octets(st, octets);
	else
		r->body_over = true;
	return 0;
}

/* ---- the answer ---------------------------------------------------------- */

ssize_t
http2_stream_frame(struct http2_stream *st, size_t max, bool *end)
{
	size_t there = st->out.n + st->rest.n, n = there < max ? there : max;

	*end = n == there && (st->out_over ||
	    (st->length >= 0 && st->framed + (int64_t)n == st->length));
	st->deferred = !st->going || (n == 0 && !*end);
	return st->deferred ? E_AGAIN : (ssize_t)n;
}

void
http2_stream_put(struct http2_stream *st, size_t n, struct buf *to)
{
	struct str first = str_first(buf_get(&st->out), n);

	buf_str(to, first);
	buf_str(to, str_first(st->rest, n - first.n));
	st->rest = str_from(st->rest, n - first.n);
	buf_eat(&st->out, first.n);
	st->framed += (int64_t)n;
	if (st->out.n + st->rest.n > 0)
		return;
	st->going = st->out_over;
	fiber_wake(loop_of(st), st->fiber);
}

/* There is enough of it now, or what there is shall not wait. */
static void
go_on(struct http2_stream *st)
{
	st->going = true;
	if (st->deferred && !st->gone)
		http2_break(st->of, nghttp2_session_resume_data(
		    st->of->frames, st->id));
	st->deferred = false;
	http2_wake(st->of);
}

/* Until all that is written, or the end of it, is in a frame. */
static int
wait_framed(struct http2_stream *st, bool end)
{
	const struct http_request *r = &st->r;
	int64_t until = http_pace_until(r, r->begun_ms, r->sent);
	int e = 0;

	while (!st->gone && (end ? !st->ended : st->out.n + st->rest.n > 0)) {
		e = fiber_wait(loop_of(st), until);
		if (e < 0)
			reset_stream(st, NGHTTP2_CANCEL, e);
	}
	st->rest = STR_NULL;	/* it is the caller's */
	return st->gone;
}

static ssize_t
next_octets(nghttp2_session *frames, int32_t id, uint8_t *p unused_arg,
    size_t max, uint32_t *flags, nghttp2_data_source *from unused_arg,
    void *arg unused_arg)
{
	struct http2_stream *st = nghttp2_session_get_stream_user_data(frames,
	    id);
	bool end;
	ssize_t n;

	/* It was reset, and that is on its way. */
	if (!st || st->gone)
		return NGHTTP2_ERR_DEFERRED;
	n = http2_stream_frame(st, max, &end);
	if (n < 0)
		return NGHTTP2_ERR_DEFERRED;
	*flags |= NGHTTP2_DATA_FLAG_NO_COPY |
	    (end ? (uint32_t)NGHTTP2_DATA_FLAG_EOF : 0);
	return n;
}

/* What HPACK never keeps: a secret that could be guessed by what a head packs
 * to.                                                        RFC 7541 7.1.3 */
static uint8_t
flags_of(struct str name)
{
	return str_eq(name, STR("set-cookie")) ? NGHTTP2_NV_FLAG_NO_INDEX :
	    NGHTTP2_NV_FLAG_NONE;
}

static nghttp2_nv
pair_of(struct arena *a, struct str name, struct str value)
{
	/* Names are in lower case there.                     RFC 9113 8.2 */
	name = str_lower(a, name);
	value = str_dup(a, value);
	return (nghttp2_nv){ (uint8_t *)(uintptr_t)name.p,
		(uint8_t *)(uintptr_t)value.p, name.n, value.n,
		flags_of(name) };
}

/* Lines of fields, as pairs behind ":status". */
static size_t
make_pairs(struct http_request *r, struct str fields, nghttp2_nv **pairs)
{
	struct str rest = fields, line, name, value;
	size_t n = 1;

	for (size_t i = 0; i < fields.n; i++)
		n += fields.p[i] == '\n';
	*pairs = arena_array(r->mem, n, sizeof(**pairs));
	(*pairs)[0] = pair_of(r->mem, STR(":status"),
	    arena_printf(r->mem, "%u", r->status));
	for (n = 1; str_cut(rest, '\n', &line, &rest); n++) {
		(void)str_cut(line, ':', &name, &value);
		(*pairs)[n] = pair_of(r->mem, name, str_trim(value));
	}
	return n;
}

static void
say_head(struct http_request *r, struct str fields, int64_t length)
{
	struct http2_stream *st = stream_of(r);
	nghttp2_data_provider body = { .read_callback = next_octets };
	nghttp2_nv *pairs;
	size_t n;

	if (st->gone)
		return;
	/* What is spoken elsewhere begins in HTTP/1.1 only.  RFC 9113 8.6, 7 */
	if (r->status == 426) {
		reset_stream(st, NGHTTP2_HTTP_1_1_REQUIRED, E_PROTO);
		return;
	}
	st->length = length;
	st->has_body = !r->mute && length != 0;
	n = make_pairs(r, fields, &pairs);
	st->said = true;
	http2_break(st->of, nghttp2_submit_response(st->of->frames, st->id,
	    pairs, n, st->has_body ? &body : NULL));
	if (!st->has_body)
		http2_wake(st->of);
}

/* Many small ones become one. */
static int
write_octets(struct http_request *r, struct str octets)
{
	struct http2_stream *st = stream_of(r);

	if (st->gone)
		return st->gone;
	if (octets.n <= HTTP2_PIECE - st->out.n && st->length < 0) {
		buf_str(&st->out, octets);
		return 0;
	}
	st->rest = octets;
	go_on(st);
	return wait_framed(st, false);
}

static int
flush_octets(struct http_request *r)
{
	struct http2_stream *st = stream_of(r);

	if (st->out.n > 0)
		go_on(st);
	return wait_framed(st, false);
}

static void
finish_answer(struct http_request *r)
{
	struct http2_stream *st = stream_of(r);

	if (r->broken) {	/* they see that what they have is not all */
		(void)flush_octets(r);
		reset_stream(st, NGHTTP2_INTERNAL_ERROR, E_CANCELED);
	}
	if (st->gone)
		return;
	st->out_over = true;
	if (st->has_body && !st->ended) {
		go_on(st);
		(void)wait_framed(st, true);
	}
	/* The rest of a body is not wanted.                  RFC 9113 8.1 */
	if (!st->in_over)
		reset_stream(st, NGHTTP2_NO_ERROR, E_CLOSED);
}

static int
look_there(struct http_request *r)
{
	return stream_of(r)->gone;
}

static void
rest_there(struct http_request *r)
{
	struct http2_stream *st = stream_of(r);

	buf_free(&st->taken);
	if (st->out.n == 0)
		buf_free(&st->out);
}

static const struct http_wire http2_wire = { "2", read_octets, say_head,
	write_octets, flush_octets, finish_answer, look_there, rest_there };

/* ---- its life ------------------------------------------------------------ */

struct http2_stream *
http2_stream_new(struct http2 *h, int32_t id)
{
	struct arena *mem = arena_new(HTTP_MEM);
	struct http2_stream *st = arena_new_of(mem, struct http2_stream);

	st->of = h;
	st->id = id;
	st->length = HTTP_ANY_LENGTH;
	st->in = BUF_INIT(HTTP2_WINDOW_LONG);
	st->out = BUF_INIT(HTTP2_PIECE);
	http_begin_request(&st->r, h->session, &http2_wire, mem);
	list_append(&h->streams, &st->link);
	h->nstreams++;
	return st;
}

void
http2_stream_drop(struct http2_stream *st)
{
	struct http2 *h = st->of;
	struct arena *mem = st->r.mem;

	http_end_request(&st->r);
	(void)nghttp2_session_set_stream_user_data(h->frames, st->id, NULL);
	/* Of the window of all. */
	if (st->in.n > 0)
		http2_break(h, nghttp2_session_consume_connection(h->frames,
		    st->in.n));
	buf_free(&st->in);
	buf_free(&st->taken);
	buf_free(&st->out);
	list_unlink(&st->link);
	arena_free(mem);
	if (--h->nstreams > 0)
		return;
	h->quiet_ms = loop_now_ms(h->session->d.loop);
	h->quiet = true;
}

void
http2_stream_close(struct http2_stream *st, int e)
{
	if (!st->gone)
		st->gone = e;
	fiber_wake(loop_of(st), st->fiber);
}

/* Who was too slow with a body hears it.                    RFC 9110 15.5.9 */
static void
say_too_late(struct http_request *r)
{
	struct http_answer a = http_problem(r, 408, NULL);

	http_say(r, &a);
	r->wire->finish(r);
}

static void
run_stream(void *arg)
{
	struct http2_stream *st = arg;
	struct http2 *h = st->of;
	struct http_request *r = &st->r;
	struct err err = { 0 };
	/* What was taken back as soon as it was said never begins. */
	int e = st->gone == E_RESET ? E_RESET :
	    http_answer_request(r, st->refusal, &err);

	if (e == E_TIMEOUT && !r->status)
		say_too_late(r);
	else if (e < 0)
		reset_stream(st, NGHTTP2_INTERNAL_ERROR, e);
	if (r->last || http_is_useless(h->session))
		http2_go_away(h);
	http2_stream_drop(st);
	http2_wake(h);
}

void
http2_stream_start(struct http2_stream *st, bool body)
{
	struct http_request *r = &st->r;

	st->in_over = !body;
	if (!st->refusal)
		st->refusal = http_head_pairs_end(&r->head, body, r->mem);
	if (!st->refusal && is_misdirected(st))
		st->refusal = 421;
	st->fiber = fiber_spawn(loop_of(st), "http2", run_stream, st);
}
