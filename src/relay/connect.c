/*
 * connect.c - from a destination to a connection that takes its mail.
 *
 * The hosts in their order, each with all its addresses (RFC 5321 5.1); the
 * first that answers, greets, and gives the TLS and the login that the route
 * asks for is the one. What went wrong before that is gathered in the
 * verdict. When nobody could be reached the route's fallback is tried.
 */
#include "relay/relay_int.h"

enum {
	ROOM_MS = 30 * 1000,	/* wait for others to be done with a host */
	DIALS_MAX = HOSTS_MAX,	/* RFC 5321 5.1: at least two */
	LOSSES_MAX = 3,
	ANEW_MAX = 16,		/* what is found lasts as the assignment */
	/* Limits of one wait are RFC 5321 4.5.3.2; these are of the sum, so
	 * that hosts that are slow on purpose hold nobody else up. */
	HANDSHAKE_MS = 8 * 60 * 1000,	/* greeting to MAIL, of one host */
	SEARCH_MS = 15 * 60 * 1000,	/* begin no other host after it */
	HOST_TAKES_NO_MAIL = 521,
};

const struct host *
connect_host(const struct delivery *d)
{
	return &d->hosts->host[d->host];
}

const struct host_address *
connect_address(const struct delivery *d)
{
	return &connect_host(d)->address[d->address];
}

uint16_t
connect_port(const struct delivery *d)
{
	return d->fallen_back ? d->route.fallback_port : d->route.port;
}

/* The verdict ----------------------------------------------------------- */

/* The highest rank wins, and the first of those. */
static void
rank_verdict(struct verdict *v, enum verdict_rank rank, int code,
    struct str status)
{
	v->reached |= code != 0;
	if (rank == VERDICT_LATER && code != 0)
		rank = VERDICT_TOLD_LATER;
	if (rank <= v->rank)
		return;
	v->rank = rank;
	v->code = code;
	(void)snprintf(v->status, sizeof(v->status), "%.*s",
	    STR_FMT(status.n > 0 ? status : STR("5.0.0")));
	/* A demand of ours that was not met may be met another time. */
	if (rank != VERDICT_NEVER)
		v->status[0] = '4';
}

/* For people only: the host that was tried, its address if it has one, and
 * what came of it. What does not fit is left out. */
static void
say(struct delivery *d, struct str host, struct str address, int code,
    struct str words)
{
	struct buf *b = &d->verdict.words;
	const char *open = address.n > 0 ? " [" : "";
	const char *close = address.n > 0 ? "]" : "";
	char digits[16] = "";
	struct str s;

	if (code != 0)
		(void)snprintf(digits, sizeof(digits), "%d ", code);
	s = arena_printf(d->txn_mem, "%s%.*s%s%.*s%s: %s%.*s",
	    b->n > 0 ? "; " : "", STR_FMT(host), open, STR_FMT(address),
	    close, digits, STR_FMT(words));
	buf_str(b, str_first(s, b->cap - b->n));
}

static void
note_quietly(struct delivery *d, enum verdict_rank rank, int code,
    struct str status, struct str words)
{
	struct verdict *v = &d->verdict;
	struct tls_facts tls = { 0 };
	char room[48];
	struct str address = host_address_text(connect_address(d), room);

	rank_verdict(v, rank, code, status);
	probe_failed(d, d->conn && d->conn->client ? "session" : "host", code,
	    words);
	v->host = connect_host(d)->name;
	(void)snprintf(v->address, sizeof(v->address), "%.*s",
	    STR_FMT(address));
	(void)connect_source(d, v->source);
	/* As far as it came: a password may have been refused inside. */
	if (d->conn && d->conn->client)
		tls = smtp_client_tls_facts(d->conn->client);
	security_words(&d->need, &tls, v->tls);
	say(d, v->host, address, code, words);
}

/* A host that failed leaves a line, also when another takes the message. */
void
connect_log_host(struct delivery *d, int code, struct str status,
    struct str words)
{
	char room[48];

	if (d->probe)
		return;
	log_event(loop_log(d->relay->loop), LOG_INFO, "host",
	    F_STR("host", connect_host(d)->name),
	    F_STR("address", host_address_text(connect_address(d), room)),
	    F_STR("for", d->destination), F_INT("code", code),
	    F_STR("status", status), F_STR("text", words));
}

/* A host that was tried. */
void
connect_note(struct delivery *d, enum verdict_rank rank, int code,
    struct str status, struct str words)
{
	note_quietly(d, rank, code, status, words);
	connect_log_host(d, code, status, words);
}

/* Where to -------------------------------------------------------------- */

/* Our own name only counts among the MX of somebody: a route to it is what the
 * operator wants. */
static int
find_hosts(struct delivery *d, struct str name, bool mx)
{
	/* RFC 3463; RFC 5321 5.1; RFC 7505 3 */
	static const struct {
		enum verdict_rank rank;
		const char *status, *words;
	} t[] = {
		[HOSTS_OK] = { VERDICT_NONE, "", "" },
		[HOSTS_NONE] = { VERDICT_NEVER, "5.1.2",
			"there is no such domain" },
		[HOSTS_NULL_MX] = { VERDICT_NEVER, "5.1.10",
			"the domain takes no mail" },
		[HOSTS_NO_ADDRESS] = { VERDICT_NEVER, "5.4.4",
			"no host has an address" },
		[HOSTS_LOOP] = { VERDICT_NEVER, "5.4.6",
			"its mail loops back to us" },
		[HOSTS_FAILED] = { VERDICT_LATER, "4.4.3", "DNS failed" },
	};
	const struct str us = str_lower(d->mem, d->conf->c.hostname);
	const struct self self = { &us, mx ? 1 : 0 };
	struct loop *l = d->relay->loop;
	struct err err = { 0 };
	struct str why;
	int e;

	memset(d->hosts, 0, sizeof(*d->hosts));
	d->host = d->address = 0;
	d->need_of = NULL;
	e = hosts_find(d->relay->o.dns, l, name, mx, &self, d->hosts, d->mem,
	    loop_now_ms(l) + LOOKUP_MS, &err);
	if (e == E_CANCELED)
		return e;
	d->found = e < 0 ? HOSTS_FAILED : d->hosts->result;
	probe_hosts(d);
	if (d->found == HOSTS_OK)
		return 0;
	why = e < 0 ? str_c(err.text) : d->hosts->why;
	rank_verdict(&d->verdict, t[d->found].rank, 0,
	    str_c(t[d->found].status));
	probe_failed(d, "DNS", 0, why.n > 0 ? why : str_c(t[d->found].words));
	say(d, arena_printf(d->txn_mem, "DNS: %.*s", STR_FMT(name)), STR_NULL,
	    0, why.n > 0 ? why : str_c(t[d->found].words));
	return E_NOTFOUND;
}

/* When nobody could be reached, and once. */
static int
fall_back(struct delivery *d)
{
	if (d->route.fallback.n == 0 || d->fallen_back ||
	    !verdict_is_down(&d->verdict))
		return E_NOTFOUND;
	d->fallen_back = true;
	d->dials = 0;
	d->until_ms = loop_now_ms(d->relay->loop) + SEARCH_MS;
	return find_hosts(d, d->route.fallback, false);
}

int
connect_begin(struct delivery *d)
{
	struct buf *words = &d->verdict.words;
	int e;

	d->hosts = arena_new_of(d->mem, struct hosts);
	*words = BUF_INIT(WORDS_MAX);
	route_of(&d->conf->c, d->destination, &d->route);
	if (d->route.refuse.n > 0) {	/* without DNS: RFC 3463 X.7.1 */
		d->found = HOSTS_NONE;
		rank_verdict(&d->verdict, VERDICT_NEVER, 0, STR("5.7.1"));
		buf_str(words, str_first(d->route.refuse, words->cap));
		return E_NOTFOUND;
	}
	e = find_hosts(d, d->route.host, d->route.mx);
	return e == E_NOTFOUND ? fall_back(d) : e;
}

/* It is no good for this message. A probe's is good for nobody else, and must
 * not outlive it: it listens. */
static void
leave_conn(struct delivery *d)
{
	if (d->probe)
		pool_drop(d->conn);
	else
		pool_give(d->conn);
	d->conn = NULL;
}

/* What was said of hosts for another message says nothing about this one. */
void
connect_item(struct delivery *d, const struct queue_item *item)
{
	struct buf words = d->verdict.words;
	bool other = need_of_item(item) != d->tls_wish;

	const bool moved = way_item(d, item);

	d->until_ms = 0;
	d->anew = moved && d->fallen_back && d->nanew < ANEW_MAX;
	if (other) {
		d->need_of = NULL;
		d->tls_wish = need_of_item(item);
	}
	if (!d->passed_on &&
	    ((!other && !moved) || d->found != HOSTS_OK))
		return;
	leave_conn(d);
	d->passed_on = d->tls_refused = d->clear = d->no_proxy = false;
	d->host = d->address = 0;
	d->dials = d->losses = 0;
	buf_reset(&words);
	d->verdict = (struct verdict){ .words = words };
}

bool
connect_next_host(struct delivery *d, const struct smtp_answer *why)
{
	size_t next = d->host + 1;

	while (next < d->hosts->n && d->hosts->host[next].naddresses == 0)
		next++;
	if (next >= d->hosts->n)
		return false;
	connect_log_host(d, why->code, str_c(why->status), why->text);
	leave_conn(d);
	d->passed_on = true;
	d->tls_refused = d->clear = false;
	d->host = next;
	d->address = 0;
	return true;
}

void
connect_end(struct delivery *d)
{
	leave_conn(d);
	buf_free(&d->verdict.words);
}

/* One address ----------------------------------------------------------- */

/* An open connection, or the right to make one: d->conn. E_BUSY: others have
 * all that there may be, and keep them; or it wants to be left alone. */
static int
claim_conn(struct delivery *d)
{
	struct pool *p = d->relay->pool;
	const struct host_address *a = connect_address(d);
	int64_t until = loop_now_ms(d->relay->loop) + ROOM_MS;
	int e = 0;

	for (;;) {
		const bool may = shape_may_use(d);

		if (may && (d->conn = way_idle(d)))
			return 0;
		if (may && pool_room(p, a, d->conf->c.host_connections) &&
		    shape_room(d))
			break;
		if (e < 0)
			return e == E_TIMEOUT ? E_BUSY : e;
		if ((e = relay_stand_aside(d->relay)) < 0)
			return e;
		e = pool_wait(p, until);
		relay_stand_back(d->relay);
		/* It may have said so meanwhile, to another. */
		if (e != E_CANCELED && shape_pause(d).n > 0)
			return E_BUSY;
	}
	d->source = d->sources[0];
	way_add(d);
	return 0;
}

static void
drop_conn(struct delivery *d)
{
	pool_drop(d->conn);
	d->conn = NULL;
}

static void
backoff_failed(struct delivery *d, struct str why)
{
	if (d->probe)
		return;
	host_backoff_failed(d->relay->backoff, connect_address(d),
	    connect_port(d), way_number(d), loop_now_ms(d->relay->loop), why);
}

static int
dial(struct delivery *d)
{
	struct relay *r = d->relay;
	struct smtp_client_options o = { .loop = r->loop,
		.hostname = d->source.hello.n > 0 ? d->source.hello :
		    d->conf->c.hostname, .lmtp = d->route.lmtp };
	const struct egress x = { &r->o, r->backoff, &d->route,
		connect_address(d), connect_port(d), d->source.address,
		d->again, d->probe != NULL };
	char room[EGRESS_WORDS];
	enum egress_fault fault;
	struct err err = { 0 };
	struct stream *s;
	int e;

	d->dials++;
	probe_listens(d, &o);
	probe_dials(d, connect_source(d, room));
	e = egress_dial(&x, &s, &fault, &err);
	if (e == E_CANCELED)
		return e;
	if (e < 0) {
		connect_note(d, VERDICT_LATER, 0, STR("4.4.1"),
		    str_c(err.text));
		d->no_proxy = fault == EGRESS_PROXY;
		if (fault == EGRESS_HOST)
			backoff_failed(d, str_c(err.text));
		else
			d->verdict.ours = true;
		/* Whom no proxy asks may be there. */
		d->verdict.dialled = fault == EGRESS_HOST ||
		    (d->verdict.dialled && !d->no_proxy);
		return fault == EGRESS_OURS ? E_LIMIT : e;
	}
	d->verdict.dialled = true;
	probe_say(d, "connect", "somebody is there");
	d->conn->client = smtp_client_new(&o, s, connect_host(d)->name);
	smtp_client_until(d->conn->client,
	    loop_now_ms(r->loop) + HANDSHAKE_MS);
	return 0;
}

/* It has said that no mail is for this host at all: by which of its addresses
 * it was asked does not matter.                    RFC 7504 3, RFC 1846 5 */
static void
leave_host(struct delivery *d)
{
	d->address = connect_host(d)->naddresses - 1;
}

/* A HAProxy that cannot connect hangs up, and says nothing. */
static struct str
by_whom(const struct delivery *d, const struct smtp_answer *why)
{
	char room[EGRESS_WORDS];

	return d->route.egress.kind != EGRESS_HAPROXY || why->code != 0 ?
	    why->text : arena_printf(d->txn_mem, "%.*s, %.*s",
	    STR_FMT(connect_source(d, room)), STR_FMT(why->text));
}

/* From the first octet to where MAIL may be said. What failed is noted. */
static int
shake_hands(struct delivery *d)
{
	const struct route *r = &d->route;
	struct smtp_client *c = d->conn->client;
	struct smtp_answer why = { 0 };
	int e;

	if (r->tls == ROUTE_TLS_FIRST && (e = connect_tls_first(d)) < 0)
		return e;
	if ((e = smtp_client_hello(c, &why)) < 0) {
		if (e == E_CANCELED)
			return e;
		struct str words = by_whom(d, &why);

		shape_answer(d, &why);
		connect_note(d, why.code >= 500 ? VERDICT_NEVER : VERDICT_LATER,
		    why.code, str_c(why.status), words);
		if (why.code == 0)
			backoff_failed(d, words);
		if (why.code == HOST_TAKES_NO_MAIL)
			leave_host(d);
		return e;
	}
	host_backoff_answered(d->relay->backoff, connect_address(d),
	    connect_port(d), way_number(d));
	d->verdict.reached = true;
	if (!d->clear && (e = connect_starttls(d, &why)) < 0)
		return e;
	if (r->user.n == 0)
		return 0;
	e = smtp_client_login(c, r->user, r->password, &why);
	/* Not the sender's fault: the operator will mend it. */
	if (e < 0 && e != E_CANCELED)
		connect_note(d, VERDICT_LATER, why.code, str_c(why.status),
		    why.text);
	return e;
}

/* RFC 8689 4.2.1 (5): the connection is good for others. */
static int
look_for_promise(struct delivery *d)
{
	if (d->tls_wish != REQUIRE_TLS_yes ||
	    smtp_client_offers(d->conn->client) & OFFER_REQUIRETLS)
		return 0;
	connect_note(d, VERDICT_NEVER, 0, STR("5.7.30"),
	    STR("it does not offer REQUIRETLS"));
	leave_conn(d);
	return E_NOTFOUND;
}

/* The connection that was claimed becomes one that takes mail. E_LIMIT: it is
 * our own way that does not work. */
static int
open_conn(struct delivery *d)
{
	int e;

	if ((e = dial(d)) == 0)
		e = shake_hands(d);
	if (e == E_AGAIN) {
		drop_conn(d);
		way_add(d);
		d->clear = true;
		if ((e = dial(d)) == 0)
			e = shake_hands(d);
	}
	if (e < 0)
		drop_conn(d);
	return e;
}

/* What is in the way before anybody is dialled; it is noted. */
static int
may_try(struct delivery *d)
{
	const struct host_address *a = connect_address(d);
	struct str why;
	int e;

	/* A host that is there for nobody else: mail to strangers must not
	 * reach into our own network. Nobody at that domain can take mail:
	 * RFC 3463 X.1.2. */
	if (!d->route.private && host_address_is_private(a)) {
		note_quietly(d, VERDICT_NEVER, 0, STR("5.1.2"),
		    STR("a private address, where no mail is sent to"));
		return E_NOTFOUND;
	}
	if (way_list(d) == 0) {
		d->verdict.ours = true;
		note_quietly(d, VERDICT_LATER, 0, STR("4.4.1"),
		    arena_printf(d->txn_mem, "the pool %.*s has no %s address "
			"to leave from", STR_FMT(d->pool.name),
			a->v6 ? "IPv6" : "IPv4"));
		return E_NOTFOUND;
	}
	why = way_rested(d);
	if (why.n > 0) {
		d->verdict.dialled = true;	/* it was */
		note_quietly(d, VERDICT_LATER, 0, STR("4.4.1"),
		    arena_printf(d->txn_mem, "not tried again so soon: %.*s",
			STR_FMT(why)));
		return E_NOTFOUND;
	}
	if ((why = shape_pause(d)).n > 0) {
		d->verdict.reached = true;
		note_quietly(d, VERDICT_LATER, 0, STR("4.4.5"), why);
		return E_NOTFOUND;
	}
	if ((e = need_find(d)) < 0)
		return e;
	if (d->need.refused.n == 0)
		return 0;
	tls_seen_refused(d);
	connect_note(d, d->need.status[0] == '5' ? VERDICT_NEVER :
	    VERDICT_LATER, 0, str_c(d->need.status), d->need.refused);
	return E_NOTFOUND;
}

/* One address of one host. 0: d->conn takes mail. E_CANCELED. Any other E_*:
 * the next one; why is noted. */
static int
try_address(struct delivery *d)
{
	int e = may_try(d);

	if (e < 0)
		return e;
	if ((e = claim_conn(d)) == E_BUSY) {
		struct str why = shape_pause(d);

		d->verdict.reached = true;
		note_quietly(d, VERDICT_LATER, 0, STR("4.4.5"), why.n > 0 ?
		    why : STR("too many connections to it already"));
	}
	if (e < 0)
		return e;
	if (d->conn->client) {	/* of the pool */
		d->verdict.reached = true;
		return look_for_promise(d);
	}
	tls_seen_policy_failed(d);
	e = open_conn(d);
	/* The other addresses of ours may be there. */
	for (size_t i = 1; i < d->nsources && e == E_LIMIT && !d->no_proxy;
	    i++) {
		d->source = d->sources[i];
		way_add(d);
		e = open_conn(d);
	}
	return e < 0 ? e : look_for_promise(d);
}

/* All of them ----------------------------------------------------------- */

static void
next_address(struct delivery *d)
{
	d->tls_refused = d->clear = false;
	if (++d->address < connect_host(d)->naddresses)
		return;
	d->host++;
	d->address = 0;
}

/* Is there one more? Hosts without an address are passed over: they may have
 * one another time, which is no reason to give up. */
static bool
at_address(struct delivery *d)
{
	if (d->found != HOSTS_OK)
		return false;
	for (; d->host < d->hosts->n; d->host++) {
		const struct host *h = connect_host(d);

		if (h->naddresses > 0)
			break;
		rank_verdict(&d->verdict, VERDICT_LATER, 0, STR("4.4.4"));
		say(d, h->name, STR_NULL, 0,
		    h->why.n > 0 ? h->why : STR("no address"));
	}
	return d->host < d->hosts->n && !d->no_proxy && d->dials < DIALS_MAX &&
	    d->losses < LOSSES_MAX &&
	    loop_now_ms(d->relay->loop) < d->until_ms;
}

int
connect_next(struct delivery *d)
{
	struct verdict *v = &d->verdict;
	int e;

	if (d->conn)
		return 0;
	if (d->until_ms == 0)
		d->until_ms = loop_now_ms(d->relay->loop) + SEARCH_MS;
	/* From here nobody has tried what the fallback is for. */
	if (d->anew) {
		d->anew = d->fallen_back = false;
		d->nanew++;
		e = find_hosts(d, d->route.host, d->route.mx);
		if (e == E_CANCELED)
			return e;
	}
	do {
		while (at_address(d)) {
			e = try_address(d);
			if (e == 0)
				d->dials = 0;
			if (e == 0 || e == E_CANCELED)
				return e;
			next_address(d);
		}
		/* Nobody knows what those that are left would have said. */
		if (d->found == HOSTS_OK && d->host < d->hosts->n &&
		    !d->no_proxy && !v->untried) {
			v->untried = true;
			rank_verdict(v, VERDICT_LATER, 0, STR("4.4.1"));
			say(d, connect_host(d)->name, STR_NULL, 0,
			    STR("not tried any more"));
		}
		e = fall_back(d);
	} while (e == 0);
	return e;
}

void
connect_lost(struct delivery *d, const struct smtp_answer *why)
{
	bool was_good = d->conn->used;

	connect_note(d, VERDICT_LATER, why->code, STR("4.4.2"), why->text);
	drop_conn(d);
	if (!was_good && d->tls_refused && !d->clear)
		/* "454" to STARTTLS and gone: once more without. */
		d->clear = true;
	else if (was_good)	/* until now, and may be so again */
		d->losses++;
	else
		next_address(d);
}

void
connect_lost_text(struct delivery *d)
{
	note_quietly(d, VERDICT_LATER, 0, STR("4.4.2"),
	    STR("the connection was lost in another message"));
	drop_conn(d);
	d->losses++;
}
