/*
 * events.c - what changed, as it changes: server-sent events.   RFC 8620 7.3
 */
#include "jmap/watching.h"

enum { PING_MIN_S = 5, PING_MAX_S = 3600 };

struct events {
	struct watching w;
	struct http_request *r;
	bool once;
	int64_t ping_ms;	/* 0: none */
};

/* ---- what is said -------------------------------------------------------- */

/* StateChange                                                  RFC 8620 7.1 */
static int
push_state(struct events *s, uint32_t changed)
{
	auto_buf b = BUF_INIT(4096);

	buf_lit(&b, "event: state\nid: ");
	watching_put_token(&b, &s->w);
	buf_lit(&b, "\ndata: ");
	watching_put_change(&b, &s->w, changed);
	buf_lit(&b, "}\n\n");
	return http_push(s->r, buf_get(&b));
}

static int
push_ping(struct events *s)
{
	auto_buf b = BUF_INIT(200);

	buf_printf(&b, "event: ping\ndata: {\"interval\":%ju}\n\n",
	    (uintmax_t)s->ping_ms / 1000);
	return http_push(s->r, buf_get(&b));
}

/* ---- a stream ------------------------------------------------------------ */

/* Until they leave, or have to. */
static void
stream(struct events *s)
{
	struct loop *l = http_loop(s->r);
	int64_t said_ms = loop_now_ms(l), tick_ms = said_ms;
	struct err err = { 0 };
	uint32_t changed;
	int e = 0;

	/* They may have left while something was said, which woke us, too. */
	while (e >= 0 && !loop_stopping(l) && http_is_there(s->r)) {
		int64_t now = loop_now_ms(l);
		int64_t until = tick_ms + WATCHING_TICK_MS;

		if (s->w.changed) {
			e = watching_look(&s->w, &changed, &err);
			if (e < 0 || !changed)
				continue;
			e = push_state(s, changed);
			said_ms = now;
			if (s->once)
				return;
			continue;
		}
		if (s->ping_ms > 0 && now - said_ms >= s->ping_ms) {
			e = push_ping(s);
			said_ms = now;
			continue;
		}
		if (now - tick_ms >= WATCHING_TICK_MS) {
			/* A comment, so that a dead connection is seen. */
			if (!watching_may_stay(s->r, true) ||
			    http_push(s->r, STR(":\n")) < 0)
				return;
			tick_ms = now;
			continue;
		}
		if (s->ping_ms > 0 && said_ms + s->ping_ms < until)
			until = said_ms + s->ping_ms;
		http_rest(s->r);
		e = fiber_wait(l, until);
		if (e == E_TIMEOUT)
			e = 0;
	}
}

static uint32_t
types_of(struct str names)
{
	uint32_t wanted = 0;
	struct str name;

	if (str_eq(names, STR("*")))
		return UINT32_MAX;
	while (names.n > 0) {
		if (!str_cut(names, ',', &name, &names))
			names = STR_NULL;
		wanted |= type_named(name);
	}
	return wanted;
}

/* False: the query is none of the template's. */
static bool
read_query(struct events *s)
{
	const struct http_head *h = &s->r->head;
	struct str names, close, ping;
	uint32_t seconds;

	if (!http_query(h, STR("types"), s->r->mem, &names) ||
	    !http_query(h, STR("closeafter"), s->r->mem, &close) ||
	    !http_query(h, STR("ping"), s->r->mem, &ping) ||
	    !str_u32(ping, &seconds))
		return false;
	s->w.wanted = types_of(names);
	s->once = str_eq(close, STR("state"));
	if (seconds > 0 && seconds < PING_MIN_S)
		seconds = PING_MIN_S;
	if (seconds > PING_MAX_S)
		seconds = PING_MAX_S;
	s->ping_ms = (int64_t)seconds * 1000;
	return s->once || str_eq(close, STR("no"));
}

/* What was missed since the event that they saw last. 1: they have it and want
 * no more; 0 or E_*. */
static int
catch_up(struct events *s, struct err *err)
{
	auto_buf now = BUF_INIT(100);
	struct str last;
	uint32_t changed;
	int e = watching_look(&s->w, &changed, err);

	watching_put_token(&now, &s->w);
	if (e < 0 || !http_field_of(&s->r->head, STR("Last-Event-ID"), &last) ||
	    str_eq(last, buf_get(&now)))
		return e;
	e = push_state(s, s->w.wanted);
	return e < 0 ? e : s->once;
}

/* GET /jmap/eventsource/?types={types}&closeafter={closeafter}&ping={ping} */
struct http_answer
jmap_events(struct http_request *r)
{
	struct person *p = person_of(r);
	struct events s = { .r = r };
	struct err err = { 0 };
	int e;

	if (!read_query(&s))
		return http_problem(r, 400,
		    "types, closeafter and ping are needed");
	if (p->nwatching == WATCHING_EACH)
		return http_problem(r, 429, "Too many streams of events");
	p->nwatching++;
	e = watching_begin(&s.w, r, &err);
	if (e == 0) {
		http_begin(r, 200, STR("text/event-stream"));
		e = http_push(r, STR(":\n"));
		if (e == 0)
			e = catch_up(&s, &err);
		if (e == 0)
			stream(&s);
	}
	watching_end(&s.w);
	p->nwatching--;
	return r->status ? HTTP_BEGUN : http_fail(r, "eventsource", &err);
}
