#include "relay/probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "relay/relay_int.h"

enum {
	PROBE_MS = 5 * 60 * 1000,	/* all of it */
	ANSWER_MS = 60 * 1000,		/* of each command */
	MORE_MS = 20 * 1000,
	LINE_MAX_OCTETS = 520,		/* of an answer, with its code */
	STEPS_OCTETS = PROBE_STEPS_MAX - 2 * PROBE_TEXT_MAX,
};

struct probe {
	struct relay *relay;
	struct delivery *d;	/* NULL: it is over */
	struct arena *memory;
	struct probe_ask ask;
	int64_t began_ms;
	struct timer late, quiet;
	struct buf steps;	/* that nobody was told of */
	struct ipc_req *waiting;
	bool watched, too_late;
	enum probe_result result;
	/* Of the last thing that went wrong. */
	char failed[20];
	uint32_t code;
	char text[PROBE_TEXT_MAX];
};

/* ---- what is told -------------------------------------------------------- */

static void
tell_steps(struct probe *p)
{
	struct probe_more_answer answer = { .steps = buf_get(&p->steps),
		.over = !p->d, .result = p->result,
		.failed = str_c(p->failed), .code = p->code,
		.text = str_c(p->text) };
	struct ipc_req *req = p->waiting;

	if (!req)
		return;
	p->waiting = NULL;
	timer_clear(p->relay->loop, &p->quiet);
	ipc_reply(req, &answer, -1);
	buf_reset(&p->steps);
}

static void
on_quiet(struct timer *t)
{
	tell_steps(container_of(t, struct probe, quiet));
}

void
probe_more(struct probe *p, struct ipc_req *req)
{
	struct loop *l = p->relay->loop;

	if (p->waiting) {
		ipc_fail(req, E_INVALID, "one at a time");
		return;
	}
	p->waiting = req;
	if (p->steps.n > 0 || !p->d)
		tell_steps(p);
	else
		timer_set(l, &p->quiet, loop_now_ms(l) + MORE_MS, on_quiet);
}

static void
add_step(struct probe *p, struct str step, struct str text)
{
	if (p->steps.n > STEPS_OCTETS)
		return;	/* nobody looks at that much */
	msg_put(&p->steps, &probe_step_shape, &(struct probe_step){
	    (uint32_t)(loop_now_ms(p->relay->loop) - p->began_ms),
	    str_first(step, 20), str_first(text, PROBE_TEXT_MAX) });
	tell_steps(p);
}

static void
say_words(struct probe *p, const char *step, const char *fmt, va_list ap)
{
	char text[PROBE_TEXT_MAX];

	(void)vsnprintf(text, sizeof(text), fmt, ap);
	add_step(p, str_c(step), str_c(text));
}

void
probe_say(const struct delivery *d, const char *step, const char *fmt, ...)
{
	va_list ap;

	if (!d->probe)
		return;
	va_start(ap, fmt);
	say_words(d->probe, step, fmt, ap);
	va_end(ap);
}

void
probe_failed(const struct delivery *d, const char *step, int code,
    struct str words)
{
	struct probe *p = d->probe;

	if (!p)
		return;
	(void)snprintf(p->failed, sizeof(p->failed), "%s", step);
	p->code = (uint32_t)code;
	(void)snprintf(p->text, sizeof(p->text), "%.*s", STR_FMT(words));
	/* What the server said was shown as it came. */
	if (code == 0)
		add_step(p, str_c(step), words);
}

/* Each line of each answer. */
static void
on_heard(void *arg, const char *after, int code, struct str line)
{
	struct delivery *d = arg;
	struct str step = str_eq(str_c(after), STR("connecting")) ?
	    STR("greeting") : str_c(after);
	char text[LINE_MAX_OCTETS];

	if (!d->probe)
		return;
	(void)snprintf(text, sizeof(text), "%d %.*s", code, STR_FMT(line));
	add_step(d->probe, step, str_c(text));
}

void
probe_listens(struct delivery *d, struct smtp_client_options *o)
{
	if (!d->probe)
		return;
	o->heard = on_heard;
	o->heard_arg = d;
	o->greeting_ms = o->command_ms = o->mail_ms = o->rcpt_ms = ANSWER_MS;
}

void
probe_dials(const struct delivery *d, struct str from)
{
	char room[48];

	probe_say(d, "connect", "to %.*s [%.*s] port %u from %.*s",
	    STR_FMT(connect_host(d)->name), STR_FMT(host_address_text(
	    connect_address(d), room)), connect_port(d), STR_FMT(from.n ?
	    from : STR("any address")));
}

void
probe_hosts(const struct delivery *d)
{
	const struct hosts *all = d->hosts;
	char room[48];

	for (size_t i = 0; d->probe && i < all->n; i++) {
		const struct host *h = &all->host[i];
		auto_buf b = BUF_INIT(PROBE_TEXT_MAX);

		for (size_t k = 0; k < h->naddresses; k++)
			buf_printf(&b, "%s%.*s", k > 0 ? ", " : "",
			    STR_FMT(host_address_text(&h->address[k], room)));
		probe_say(d, "DNS", "%s %u %.*s [%.*s]%s", all->mx ? "MX" :
		    "host", h->preference, STR_FMT(h->name),
		    STR_FMT(h->naddresses > 0 ? buf_get(&b) : h->why),
		    all->secure && h->secure ? ", proven by DNSSEC" : "");
	}
}

void
probe_tls(const struct delivery *d, const struct tls_facts *facts)
{
	auto_buf shown = BUF_INIT(PROBE_TEXT_MAX);

	if (!d->probe)
		return;
	probe_say(d, "TLS", "%.*s, %.*s", STR_FMT(facts->version),
	    STR_FMT(facts->cipher));
	smtp_client_tls_words(d->conn->client, &shown);
	probe_say(d, "TLS", "its certificate: %.*s",
	    STR_FMT(buf_get(&shown)));
	probe_say(d, "TLS", "%s", facts->verified && d->need.dane ?
	    "it is proven to be the host, by DANE" : facts->verified ?
	    "it is proven to be the host, by a trusted root" :
	    "not compared with anything: nobody asks for that");
}

/* ---- what is done -------------------------------------------------------- */

/* QUIT, and the connection is nobody's. */
static void
leave(struct delivery *d)
{
	if (!d->conn)
		return;
	if (d->conn->client)
		smtp_client_free(d->conn->client);
	d->conn->client = NULL;
	pool_drop(d->conn);
	d->conn = NULL;
}

/* The best of what hosts say counts. */
static void
judge(struct probe *p, const struct smtp_answer *a, bool accepted)
{
	enum probe_result is = accepted ? PROBE_taken :
	    answer_is_final(a) ? PROBE_never : PROBE_later;

	if (p->result == PROBE_none || is < p->result)
		p->result = is;
	if (!accepted)
		probe_failed(p->d, "RCPT", a->code, a->text);
}

/* MAIL and RCPT. 0: on to the next host; E_NOTFOUND: there is no more to
 * ask. */
static int
ask_host(struct probe *p)
{
	struct delivery *d = p->d;
	struct smtp_client *c = d->conn->client;
	struct smtp_outgoing_rcpt rcpt = { .address = p->ask.rcpt };
	struct smtp_outgoing m = { .reverse_path = p->ask.from,
		.require_tls = (uint8_t)p->ask.tls, .rcpts = &rcpt,
		.nrcpts = 1, .only_ask = true };
	bool gone;
	int rc;

	probe_say(d, "MAIL", "from <%.*s>", STR_FMT(p->ask.from));
	probe_say(d, "RCPT", "to <%.*s>", STR_FMT(p->ask.rcpt));
	rc = smtp_client_send(c, &m, d->txn_mem);
	if (rc == E_CANCELED)
		return rc;
	gone = !smtp_client_usable(c) && (rcpt.answer.code == 0 ||
	    rcpt.answer.code == 421);
	if (gone) {
		connect_lost(d, &rcpt.answer);
		return 0;
	}
	judge(p, &rcpt.answer, rcpt.accepted);
	leave(d);
	/* As a delivery: only who says "later" sends us to the next. */
	if (!p->ask.all && (rcpt.accepted || answer_is_final(&rcpt.answer)))
		return E_NOTFOUND;
	return connect_next_host(d, &rcpt.answer) ? 0 : E_NOTFOUND;
}

static void
say_route(struct probe *p, const struct route *r)
{
	struct delivery *d = p->d;

	if (r->refuse.n > 0)
		return;
	if (r->path.n > 0)
		probe_say(d, "route", "by %s to the socket %.*s", r->lmtp ?
		    "LMTP" : "SMTP", STR_FMT(r->path));
	else
		probe_say(d, "route", "%s%.*s, port %u%s", r->mx ?
		    "by the MX of " : "to ", STR_FMT(r->host), r->port,
		    r->lmtp ? ", by LMTP" : "");
	if (r->fallback.n > 0)
		probe_say(d, "route", "if nobody is there: %.*s, port %u",
		    STR_FMT(r->fallback), r->fallback_port);
}

static void
probe_run(struct probe *p)
{
	struct delivery *d = p->d;
	const struct verdict *v = &d->verdict;
	struct route route;
	int e;

	route_of(&d->conf->c, d->destination, &route);
	say_route(p, &route);
	if (route.refuse.n > 0)
		probe_failed(d, "route", 0, route.refuse);
	e = connect_begin(d);
	(void)way_item(d, &(struct queue_item){
	    .reverse_path = p->ask.from });
	d->tls_wish = p->ask.tls;
	while (e == 0 && (e = connect_next(d)) == 0)
		e = ask_host(p);
	if (e == E_CANCELED)
		probe_failed(d, "time", 0, p->too_late ?
		    STR("it took too long, and was ended") :
		    STR("the server is stopping"));
	if (p->result == PROBE_none)
		p->result = v->rank == VERDICT_NEVER && e != E_CANCELED ?
		    PROBE_never : PROBE_later;
	leave(d);
	connect_end(d);
}

static void
probe_free(struct probe *p)
{
	timer_clear(p->relay->loop, &p->late);
	timer_clear(p->relay->loop, &p->quiet);
	buf_free(&p->steps);
	arena_free(p->memory);
	free(p);
}

static void
probe_fiber(void *arg)
{
	struct probe *p = arg;
	struct relay *r = p->relay;

	probe_run(p);
	log_event(loop_log(r->loop), LOG_INFO, "probed",
	    F_STR("to", p->ask.rcpt), F_INT("result", p->result),
	    F_INT("code", p->code), F_STR("step", str_c(p->failed)),
	    F_INT("ms", loop_now_ms(r->loop) - p->began_ms));
	relay_give_back(p->d);
	p->d = NULL;
	r->nprobes--;
	if (p->watched)
		tell_steps(p);
	else
		probe_free(p);
}

static void
on_late(struct timer *t)
{
	struct probe *p = container_of(t, struct probe, late);

	p->too_late = true;
	if (p->d)
		fiber_cancel(p->relay->loop, p->d->fiber);
}

static bool
may_be_said(struct str address)
{
	for (size_t i = 0; i < address.n; i++)
		if ((unsigned char)address.p[i] <= ' ' ||
		    address.p[i] == '<' || address.p[i] == '>' ||
		    address.p[i] == 0x7f)
			return false;
	return true;
}

int
probe_begin(struct relay *r, const struct probe_ask *ask, struct probe **out,
    struct err *err)
{
	size_t at = str_rchr(ask->rcpt, '@');
	struct probe *p;

	if (at == 0 || at + 1 >= ask->rcpt.n || !may_be_said(ask->rcpt) ||
	    !may_be_said(ask->from) || ask->tls > REQUIRE_TLS_no)
		return err_set(err, E_INVALID, "not an address");
	if (r->nprobes >= PROBES_MAX || r->stopping)
		return err_set(err, E_BUSY, "others are probing: try again");
	p = calloc(1, sizeof(*p));
	bug_if(!p);
	p->relay = r;
	p->memory = arena_new(4096);
	p->ask = *ask;
	msg_keep(p->memory, &probe_ask_shape, &p->ask);
	p->began_ms = loop_now_ms(r->loop);
	p->steps = BUF_INIT(PROBE_STEPS_MAX);
	p->watched = true;
	p->d = relay_lend(r);
	p->d->probe = p;
	p->d->again = true;
	p->d->destination = str_lower(p->d->mem, str_from(p->ask.rcpt,
	    at + 1));
	r->nprobes++;
	timer_set(r->loop, &p->late, p->began_ms + PROBE_MS, on_late);
	p->d->fiber = fiber_spawn(r->loop, "probe", probe_fiber, p);
	*out = p;
	return 0;
}

void
probe_end(struct probe *p)
{
	if (!p)
		return;
	p->watched = false;
	if (p->waiting) {
		ipc_fail(p->waiting, E_CLOSED, "the connection ended");
		p->waiting = NULL;
	}
	if (!p->d)
		probe_free(p);
	else
		fiber_cancel(p->relay->loop, p->d->fiber);
}
