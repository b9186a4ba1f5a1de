/*
 * events.c - what changed, as it changes: server-sent events.   RFC 8620 7.3
 *
 * A stream of events is a fiber that waits for store to say that something
 * changed. All streams of a person are woken by any of them; each looks for
 * itself whether that is news.
 */
#include "http/sign_in.h"
#include "jmap/boxes.h"
#include "jmap/email.h"
#include "jmap/quota.h"

enum {
	STREAMS_EACH = 16,	/* of an account */
	PING_MIN_S = 5, PING_MAX_S = 3600,
	TICK_MS = 30000,	/* whether they are there, and still may be */
};
enum { EMAIL, THREAD, MAILBOX, EMAIL_DELIVERY, QUOTA, TYPES };
/* EmailDelivery (RFC 8621 1.5) changes with all that becomes of emails. */
static const char *const types[TYPES] = { "Email", "Thread", "Mailbox",
	"EmailDelivery", "Quota" };

struct events {
	struct list_link link;	/* of the person's */
	struct http_request *r;
	struct fiber *fiber;
	struct stop_hook stop;
	uint32_t wanted;	/* types, as bits */
	bool once, changed;
	int64_t ping_ms;	/* 0: none */
	char state[TYPES][QUOTA_STATE_MAX];
};

/* ---- being woken --------------------------------------------------------- */

static void
wake_all(void *arg, const struct changed *what unused_arg)
{
	struct person *p = arg;

	list_each(struct events, s, &p->streams, link) {
		s->changed = true;
		fiber_wake(p->jmap->loop, s->fiber);
	}
}

static void
stop_stream(struct stop_hook *h)
{
	struct events *s = container_of(h, struct events, stop);

	fiber_wake(http_loop(s->r), s->fiber);
}

static bool
is_only_one(const struct person *p, const struct events *of)
{
	list_each(struct events, s, &p->streams, link)
		if (s != of && s->r->account == of->r->account)
			return false;
	return true;
}

/* ---- what is said -------------------------------------------------------- */

/* The types whose state is another one than before, as bits. 0 or E_*. */
static int
look(struct events *s, uint32_t *changed, struct err *err)
{
	struct call c = { .http = s->r, .jmap = jmap_of(s->r),
		.person = person_of(s->r), .account = s->r->account };
	char now[TYPES][QUOTA_STATE_MAX];
	struct mailbox_list list;
	int e = email_state(&c, now[EMAIL], err);

	*changed = 0;
	if (e == 0) {
		e = mailboxes_list(c.account, &list, err);
		if (e == 0)
			boxes_state(&list, now[MAILBOX]);
		mailboxes_free(&list);
	}
	now[QUOTA][0] = '\0';
	if (e == 0 && s->wanted >> QUOTA & 1)
		e = quota_state(c.account, now[QUOTA], err);
	if (e < 0)
		return e;
	memcpy(now[THREAD], now[EMAIL], STATE_MAX);
	memcpy(now[EMAIL_DELIVERY], now[EMAIL], STATE_MAX);
	for (size_t i = 0; i < TYPES; i++) {
		if (strcmp(now[i], s->state[i]) != 0)
			*changed |= 1U << i;
		memcpy(s->state[i], now[i], sizeof(now[i]));
	}
	return 0;
}

/* Both states are in it. */
static void
put_event_id(struct buf *b, const struct events *s)
{
	buf_printf(b, "%s/%s", s->state[EMAIL], s->state[MAILBOX]);
}

/* StateChange                                                  RFC 8620 7.1 */
static int
push_state(struct events *s, uint32_t changed)
{
	auto_buf b = BUF_INIT(4096);

	buf_lit(&b, "event: state\nid: ");
	put_event_id(&b, s);
	buf_lit(&b, "\ndata: ");
	buf_chr(&b, '{');
	out_put_str(&b, "@type", STR("StateChange"));
	out_name(&b, "changed");
	out_open(&b, '{');
	out_name(&b, person_of(s->r)->id);
	out_open(&b, '{');
	for (size_t i = 0; i < TYPES; i++)
		if (changed >> i & 1)
			out_put_str(&b, types[i], str_c(s->state[i]));
	buf_lit(&b, "}}}\n\n");
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

static bool
may_stay(struct events *s)
{
	const struct http_request *r = s->r;
	struct err err = { 0 };

	return http_is_there(s->r) && !loop_stopping(http_loop(r)) &&
	    (!r->sign_in || !r->sign_in->ended) &&
	    account_watch_all(r->account, true, &err) == 0;
}

/* Until they leave, or have to. */
static void
stream(struct events *s)
{
	struct loop *l = http_loop(s->r);
	int64_t said_ms = loop_now_ms(l), tick_ms = said_ms;
	struct err err = { 0 };
	uint32_t changed;
	int e = 0;

	while (e >= 0 && !loop_stopping(l)) {
		int64_t now = loop_now_ms(l), until = tick_ms + TICK_MS;

		if (s->changed) {
			s->changed = false;
			e = look(s, &changed, &err);
			if (e < 0 || !(changed &= s->wanted))
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
		if (now - tick_ms >= TICK_MS) {
			/* A comment, so that a dead connection is seen. */
			if (!may_stay(s) || http_push(s->r, STR(":\n")) < 0)
				return;
			tick_ms = now;
			continue;
		}
		if (s->ping_ms > 0 && said_ms + s->ping_ms < until)
			until = said_ms + s->ping_ms;
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
		for (size_t i = 0; i < TYPES; i++)
			if (str_eq(name, str_c(types[i])))
				wanted |= 1U << i;
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
	s->wanted = types_of(names);
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
	int e = look(s, &changed, err);

	put_event_id(&now, s);
	if (e < 0 || !http_field_of(&s->r->head, STR("Last-Event-ID"), &last) ||
	    str_eq(last, buf_get(&now)))
		return e;
	e = push_state(s, s->wanted);
	return e < 0 ? e : s->once;
}

/* GET /jmap/eventsource/?types={types}&closeafter={closeafter}&ping={ping} */
struct http_answer
jmap_events(struct http_request *r)
{
	struct person *p = person_of(r);
	struct events s = { .r = r, .fiber = fiber_self(http_loop(r)) };
	struct err err = { 0 };
	int e;

	if (!read_query(&s))
		return http_problem(r, 400,
		    "types, closeafter and ping are needed");
	if (p->nstreams == STREAMS_EACH)
		return http_problem(r, 429, "Too many streams of events");
	account_on_change(r->account, wake_all, p);
	e = account_watch_all(r->account, true, &err);
	list_append(&p->streams, &s.link);
	p->nstreams++;
	loop_on_stop(http_loop(r), &s.stop, stop_stream);
	if (e == 0) {
		http_begin(r, 200, STR("text/event-stream"));
		e = http_push(r, STR(":\n"));
		if (e == 0)
			e = catch_up(&s, &err);
		if (e == 0)
			stream(&s);
	}
	loop_off_stop(&s.stop);
	if (is_only_one(p, &s)) {
		account_on_change(r->account, NULL, NULL);
		(void)account_watch_all(r->account, false, &err);
	}
	list_unlink(&s.link);
	p->nstreams--;
	return r->status ? HTTP_BEGUN : http_fail(r, "eventsource", &err);
}
