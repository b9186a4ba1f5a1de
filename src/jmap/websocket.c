/*
 * websocket.c - JMAP over WebSocket.                             RFC 8887
 *
 * The fiber of the request reads messages and says what has changed; each
 * request is carried out on a fiber of its own, so that a long one keeps nobody
 * waiting. They are as many as an account may have at once, however it sends
 * them (4.3.2).
 */
#include "http/sign_in.h"
#include "http/websocket.h"
#include "http/ws_frame.h"
#include "jmap/watching.h"

enum { REQUEST_ID_MAX = 1000, SAID_MAX = 16384 };

struct socket {
	struct http_request *r;
	struct websocket *ws;
	struct fiber *fiber;
	struct watching watching;
	size_t running;		/* requests */
	bool rests;		/* there is none */
};

/* ---- what is said -------------------------------------------------------- */

/* {"@type": ..., "requestId": ... */
static void
put_kind(struct buf *b, const char *kind, const json_t *id)
{
	buf_chr(b, '{');
	out_put_str(b, "@type", str_c(kind));
	if (id) {
		out_name(b, "requestId");
		out_json(b, id);
	}
}

static int
say_whole(struct socket *s, struct buf *b)
{
	struct ws_message m;

	bug_if(buf_failed(b));
	ws_message_begin(&m, s->ws);
	(void)ws_message_write(&m, buf_get(b));
	return ws_message_end(&m);
}

/* 4.3.4: of what has no id it is null. */
static int
say_error(struct socket *s, const struct request_error *e, const json_t *id)
{
	auto_buf b = BUF_INIT(SAID_MAX);

	put_kind(&b, "RequestError", id);
	if (!id)
		out_put_null(&b, "requestId");
	request_error_put(&b, e);
	out_close(&b, '}');
	return say_whole(s, &b);
}

/* StateChange                                                   4.3.5.1 */
static int
say_change(struct socket *s, uint32_t changed)
{
	auto_buf b = BUF_INIT(SAID_MAX), token = BUF_INIT(200);

	watching_put_change(&b, &s->watching, changed);
	watching_put_token(&token, &s->watching);
	out_put_str(&b, "pushState", buf_get(&token));
	out_close(&b, '}');
	return say_whole(s, &b);
}

/* ---- a request                                            4.3.2, 4.3.3 -- */

struct request {
	struct answer_to to;
	struct socket *socket;
	struct ws_message message;
	json_t *json;
};

static const json_t *
id_of(const json_t *json)
{
	return json_object_get(json, "id");
}

static void
begin_answer(struct answer_to *to)
{
	struct request *q = container_of(to, struct request, to);
	auto_buf b = BUF_INIT(SAID_MAX);

	put_kind(&b, "Response", id_of(q->json));
	buf_chr(&b, ',');
	ws_message_begin(&q->message, q->socket->ws);
	(void)ws_message_write(&q->message, buf_get(&b));
}

static void
write_answer(struct answer_to *to, struct str octets)
{
	(void)ws_message_write(&container_of(to, struct request, to)->message,
	    octets);
}

static void
carry_out(void *arg)
{
	struct request *q = arg;
	struct socket *s = q->socket;
	struct request_error error;

	if (jmap_answer(s->r, q->json, &q->to, &error))
		(void)ws_message_end(&q->message);
	else
		(void)say_error(s, &error, id_of(q->json));
	json_decref(q->json);
	free(q);
	person_of(s->r)->requests--;
	s->rests = --s->running == 0;
	fiber_wake(http_loop(s->r), s->fiber);
}

/* Takes the reference. */
static int
take_request(struct socket *s, json_t *json)
{
	struct request_error error;
	struct request *q;
	int e;

	if (!person_begin_request(person_of(s->r), &error)) {
		e = say_error(s, &error, id_of(json));
		json_decref(json);
		return e;
	}
	q = calloc(1, sizeof(*q));
	bug_if(!q);
	*q = (struct request){ .to = { begin_answer, write_answer },
		.socket = s, .json = json };
	s->running++;
	s->rests = false;
	(void)fiber_spawn(http_loop(s->r), "jmap", carry_out, q);
	return 0;
}

/* ---- push                                                     4.3.5 -- */

/* String[]|null; false: it is neither. */
static bool
read_types(const json_t *v, uint32_t *wanted)
{
	const json_t *one;
	size_t i;

	*wanted = 0;
	if (!v || json_is_null(v))
		*wanted = UINT32_MAX;
	else if (!json_is_array(v))
		return false;
	json_array_foreach(v, i, one) {
		if (!json_is_string(one))
			return false;
		*wanted |= type_named(text_of(one));
	}
	return true;
}

/* What was missed since the token that they had last. */
static int
catch_up(struct socket *s, const json_t *token)
{
	auto_buf now = BUF_INIT(200);
	struct err err = { 0 };
	uint32_t changed;

	if (watching_look(&s->watching, &changed, &err) < 0)
		return err.code;
	watching_put_token(&now, &s->watching);
	if (!json_is_string(token) || str_eq(text_of(token), buf_get(&now)))
		return 0;
	return say_change(s, s->watching.wanted);
}

/* 0, 1: it was none, or E_*. */
static int
push_enable(struct socket *s, const json_t *json)
{
	const json_t *token = json_object_get(json, "pushState");
	struct err err = { 0 };
	uint32_t wanted;

	if (!read_types(json_object_get(json, "dataTypes"), &wanted) ||
	    (token && !json_is_null(token) && !json_is_string(token)))
		return 1;
	watching_end(&s->watching);
	s->watching.wanted = wanted;
	if (watching_begin(&s->watching, s->r, &err) < 0)
		return err.code;
	return catch_up(s, token);
}

static int
push_disable(struct socket *s)
{
	watching_end(&s->watching);
	s->watching.changed = false;
	return 0;
}

/* ---- what comes                                             4.3, 4.3.1 -- */

static const struct request_error no_json = { 400, "notJSON", NULL,
	"That is no JSON, or has more than 32 levels" };
static const struct request_error no_object = { 400, "notRequest", NULL,
	"That is none of the objects of JMAP over WebSocket" };

/* 0, 1: it is none of them, or E_*. Takes the reference. */
static int
take_object(struct socket *s, json_t *json)
{
	struct str kind = STR_NULL, id;
	int e = 1;

	(void)json_text_of(json, "@type", &kind);
	if (id_of(json) && (!json_text_of(json, "id", &id) ||
	    id.n > REQUEST_ID_MAX))
		(void)json_object_del(json, "id");	/* nobody's */
	else if (str_eq(kind, STR("Request")))
		return take_request(s, json);
	else if (str_eq(kind, STR("WebSocketPushEnable")))
		e = push_enable(s, json);
	else if (str_eq(kind, STR("WebSocketPushDisable")))
		e = push_disable(s);
	if (e == 1)
		e = say_error(s, &no_object, id_of(json));
	json_decref(json);
	return e;
}

/* 0 or E_*. */
static int
take_message(struct socket *s, struct str text)
{
	json_t *json;

	/* Who they were is no longer so.                     RFC 8887 4.2 */
	if (s->r->sign_in && s->r->sign_in->ended) {
		websocket_close(s->ws, WS_POLICY);
		return E_DENIED;
	}
	json = json_take(text);
	return json ? take_object(s, json) : say_error(s, &no_json, NULL);
}

/* Until they leave, or have to. */
static void
serve(struct socket *s)
{
	struct loop *l = http_loop(s->r);
	int64_t tick_ms = loop_now_ms(l);
	struct err err = { 0 };
	struct str text;
	uint32_t changed;
	int e = 0;

	while (e >= 0) {
		int64_t now = loop_now_ms(l);

		if (s->watching.changed) {
			e = watching_look(&s->watching, &changed, &err);
			if (e == 0 && changed)
				e = say_change(s, changed);
			continue;
		}
		if (now - tick_ms >= WATCHING_TICK_MS) {
			if (!watching_may_stay(s->r, s->watching.r)) {
				websocket_close(s->ws, WS_POLICY);
				break;
			}
			tick_ms = now;
		}
		e = websocket_next(s->ws, tick_ms + WATCHING_TICK_MS, &text);
		if (e == 1)
			e = take_message(s, text);
	}
	websocket_close(s->ws, WS_FAILED);	/* if nothing else was said */
}

/* GET /jmap/ws/                                              RFC 8887 4.2 */
struct http_answer
jmap_websocket(struct http_request *r)
{
	struct person *p = person_of(r);
	struct socket s = { .r = r, .fiber = fiber_self(http_loop(r)),
		.rests = true };
	struct http_answer refusal;

	if (p->nwatching == WATCHING_EACH)
		return http_problem(r, 429, "Too many WebSockets");
	s.ws = websocket_accept(r, STR("jmap"), MAX_SIZE_REQUEST, &refusal);
	if (!s.ws)
		return refusal;
	p->nwatching++;
	serve(&s);
	watching_end(&s.watching);
	while (!s.rests && websocket_wait(s.ws) == 0)
		continue;
	fiber_wait_uncancelable(http_loop(r), &s.rests);
	p->nwatching--;
	websocket_end(s.ws);
	return HTTP_BEGUN;
}
