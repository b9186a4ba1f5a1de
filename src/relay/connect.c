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
	LOOKUP_MS = 60 * 1000,
	DIAL_MS = 30 * 1000,
	ROOM_MS = 30 * 1000,	/* wait for others to be done with a host */
	DIALS_MAX = HOSTS_MAX,	/* RFC 5321 5.1: at least two */
	LOSSES_MAX = 3,
	/* Limits of one wait are RFC 5321 4.5.3.2; these are of the sum, so
	 * that hosts that are slow on purpose hold nobody else up. */
	HANDSHAKE_MS = 8 * 60 * 1000,	/* greeting to MAIL, of one host */
	SEARCH_MS = 15 * 60 * 1000,	/* begin no other host after it */
	KEY_MAX = 2048,
};

enum trouble {
	UNREACHED,	/* it did not answer */
	LATER,		/* it did, and this may pass */
	NEVER_AGAIN,	/* this will not */
};

const struct host *
connect_host(const struct delivery *d)
{
	return &d->hosts->host[d->host];
}

static const struct host_address *
present_address(const struct delivery *d)
{
	return &connect_host(d)->address[d->address];
}

static uint16_t
port_of(const struct delivery *d)
{
	return d->fallen_back ? d->route.fallback_port : d->route.port;
}

/* The verdict ----------------------------------------------------------- */

/* Only for people: what does not fit is left out. */
static void
add_words(struct buf *b, struct str words)
{
	buf_str(b, str_first(words, b->cap - b->n));
}

static void
judge(struct verdict *v, enum trouble t, int code, struct str status)
{
	bool first = !v->later && (t != NEVER_AGAIN || !v->never);

	v->reached |= t == LATER || code != 0;
	v->later |= t != NEVER_AGAIN;
	v->never |= t == NEVER_AGAIN;
	/* The first that gives hope; or better, a server's own word. */
	if (!first && !(t == LATER && v->code == 0 && code != 0))
		return;
	v->code = code;
	status = str_first(status.n > 0 ? status : STR("5.0.0"),
	    sizeof(v->status) - 1);
	memcpy(v->status, status.p, status.n);
	v->status[status.n] = '\0';
	/* A wish of ours that was not met may be met another time. */
	if (t != NEVER_AGAIN)
		v->status[0] = '4';
}

/* The host that was tried, its address if it has one, and what came of it. */
static void
say(struct verdict *v, struct str host, struct str address, int code,
    struct str words)
{
	char digits[16];

	if (v->words.n > 0)
		add_words(&v->words, STR("; "));
	add_words(&v->words, host);
	if (address.n > 0) {
		add_words(&v->words, STR(" ["));
		add_words(&v->words, address);
		add_words(&v->words, STR("]"));
	}
	add_words(&v->words, STR(": "));
	if (code != 0) {
		(void)snprintf(digits, sizeof(digits), "%d ", code);
		add_words(&v->words, str_c(digits));
	}
	add_words(&v->words, words);
}

/* As far as it came: a password may have been refused inside. */
static void
note_tls(struct delivery *d)
{
	struct tls_facts f = { 0 };

	if (d->conn && d->conn->client)
		f = smtp_client_tls_facts(d->conn->client);
	(void)snprintf(d->verdict.tls, sizeof(d->verdict.tls), "%.*s",
	    STR_FMT(f.on ? f.version : STR_NULL));
}

static void
note_quietly(struct delivery *d, enum trouble t, int code, struct str status,
    struct str words)
{
	struct verdict *v = &d->verdict;
	char room[48];
	struct str address = host_address_text(present_address(d), room);

	judge(v, t, code, status);
	v->host = connect_host(d)->name;
	note_tls(d);
	(void)snprintf(v->address, sizeof(v->address), "%.*s",
	    STR_FMT(address));
	say(v, v->host, address, code, words);
}

/* Whether it is delivered to another in the end or not. */
static void
log_host(struct delivery *d, int code, struct str status, struct str words)
{
	char room[48];

	log_event(loop_log(d->relay->loop), LOG_INFO, "host",
	    F_STR("host", connect_host(d)->name),
	    F_STR("address", host_address_text(present_address(d), room)),
	    F_STR("for", d->destination), F_INT("code", code),
	    F_STR("status", status), F_STR("text", words));
}

/* One that was tried. */
static void
note(struct delivery *d, enum trouble t, int code, struct str status,
    struct str words)
{
	note_quietly(d, t, code, status, words);
	log_host(d, code, status, words);
}

/* It may have one another time: no reason to give up. */
static void
note_no_address(struct delivery *d)
{
	const struct host *h = connect_host(d);

	judge(&d->verdict, UNREACHED, 0, STR("4.4.4"));
	say(&d->verdict, h->name, STR_NULL, 0,
	    h->why.n > 0 ? h->why : STR("no address"));
}

static void
note_answer(struct delivery *d, const struct smtp_answer *a)
{
	enum trouble t = a->code == 0 ? UNREACHED :
	    a->code >= 500 ? NEVER_AGAIN : LATER;

	note(d, t, a->code, str_c(a->status), a->text);
}

/* Where to -------------------------------------------------------------- */

/* RFC 3463; RFC 5321 5.1; RFC 7505 3 */
static int
not_found(struct delivery *d, struct str name, enum hosts_result result,
    struct str why)
{
	static const struct {
		const char *status, *words;
		bool later;
	} t[] = {
		[HOSTS_OK] = { "4.4.4", "no host", true },
		[HOSTS_NONE] = { "5.1.2", "there is no such domain", false },
		[HOSTS_NULL_MX] = { "5.1.10", "the domain takes no mail",
			false },
		[HOSTS_NO_ADDRESS] = { "5.4.4", "no host has an address",
			false },
		[HOSTS_LOOP] = { "5.4.6", "its mail loops back to us", false },
		[HOSTS_FAILED] = { "4.4.3", "DNS failed", true },
	};
	struct verdict *v = &d->verdict;

	d->found = result;
	judge(v, t[result].later ? UNREACHED : NEVER_AGAIN, 0,
	    str_c(t[result].status));
	if (v->words.n > 0)
		add_words(&v->words, STR("; "));
	add_words(&v->words, STR("DNS: "));
	add_words(&v->words, name);
	add_words(&v->words, STR(": "));
	add_words(&v->words, why.n > 0 ? why : str_c(t[result].words));
	return E_NOTFOUND;
}

/* Ours only count among the MX of somebody: a route to our own name is what
 * the operator wants. */
static int
find_hosts(struct delivery *d, struct str name, bool mx)
{
	const struct str us = str_lower(d->mem, d->conf->c.hostname);
	const struct self self = { &us, mx ? 1 : 0 };
	struct loop *l = d->relay->loop;
	struct err err = { 0 };
	int e;

	memset(d->hosts, 0, sizeof(*d->hosts));
	d->host = d->address = 0;
	e = hosts_find(d->relay->o.dns, l, name, mx, &self, d->hosts, d->mem,
	    loop_now_ms(l) + LOOKUP_MS, &err);
	if (e == E_CANCELED)
		return e;
	if (e < 0)
		return not_found(d, name, HOSTS_FAILED, str_c(err.text));
	if (d->hosts->result != HOSTS_OK)
		return not_found(d, name, d->hosts->result, d->hosts->why);
	d->found = HOSTS_OK;
	return 0;
}

/* Nobody is asked, DNS neither: RFC 3463 X.7.1. */
static int
refused(struct delivery *d)
{
	d->found = HOSTS_NONE;
	judge(&d->verdict, NEVER_AGAIN, 0, STR("5.7.1"));
	add_words(&d->verdict.words, d->route.refuse);
	return E_NOTFOUND;
}

static bool
may_fall_back(const struct delivery *d)
{
	return d->route.fallback.n > 0 && !d->fallen_back &&
	    !d->verdict.reached && d->verdict.later;
}

static int
fall_back(struct delivery *d)
{
	if (!may_fall_back(d))
		return E_NOTFOUND;
	d->fallen_back = true;
	d->dials = 0;
	d->until_ms = loop_now_ms(d->relay->loop) + SEARCH_MS;
	return find_hosts(d, d->route.fallback, false);
}

int
connect_begin(struct delivery *d)
{
	int e;

	d->hosts = arena_new_of(d->mem, struct hosts);
	d->verdict.words = BUF_INIT(WORDS_MAX);
	route_of(&d->conf->c, d->destination, &d->route);
	if (d->route.refuse.n > 0)
		return refused(d);
	e = find_hosts(d, d->route.host, d->route.mx);
	return e == E_NOTFOUND ? fall_back(d) : e;
}

void
connect_end(struct delivery *d)
{
	pool_give(d->conn);
	d->conn = NULL;
	buf_free(&d->verdict.words);
}

/* One address ----------------------------------------------------------- */

static struct str
source_of(const struct delivery *d)
{
	return present_address(d)->v6 ? d->route.source_v6 :
	    d->route.source_v4;
}

/* What makes connections interchangeable. */
static struct str
key_of(const struct delivery *d)
{
	char room[48];
	const struct route *r = &d->route;
	auto_buf b = BUF_INIT(KEY_MAX);

	buf_str(&b, host_address_text(present_address(d), room));
	buf_printf(&b, " %u %d ", port_of(d), (int)r->tls);
	buf_str(&b, connect_host(d)->name);
	buf_chr(&b, ' ');
	buf_str(&b, source_of(d));
	buf_chr(&b, ' ');
	buf_str(&b, r->user);
	/* With another password it is another login. */
	buf_chr(&b, ' ');
	buf_str(&b, r->password);
	bug_if(buf_failed(&b));
	return str_dup(d->txn_mem, buf_get(&b));
}

/* An open connection, or the right to make one: d->conn. E_BUSY: others have
 * all that there may be, and keep them. */
static int
claim(struct delivery *d)
{
	struct pool *p = d->relay->pool;
	const struct host_address *a = present_address(d);
	int64_t until = loop_now_ms(d->relay->loop) + ROOM_MS;
	struct str key = key_of(d);
	int e = 0;

	for (;;) {
		if ((d->conn = pool_take(p, key)))
			return 0;
		if (pool_room(p, a, d->conf->c.host_connections))
			break;
		if (e < 0)
			return e == E_TIMEOUT ? E_BUSY : e;
		e = pool_wait(p, until);
	}
	d->conn = pool_add(p, key, a);
	return 0;
}

static void
give_up(struct delivery *d)
{
	pool_drop(d->conn);
	d->conn = NULL;
}

static int
dial(struct delivery *d, struct err *err)
{
	struct relay *r = d->relay;
	const struct smtp_client_options o = { .loop = r->loop,
		.hostname = d->conf->c.hostname };
	struct transport *t;
	char room[48], to[48];
	struct str address = host_address_text(present_address(d), room);
	int e;

	(void)snprintf(to, sizeof(to), "%.*s", STR_FMT(address));
	e = r->o.dial(r->loop, to, port_of(d),
	    str_dupz(d->txn_mem, source_of(d)),
	    loop_now_ms(r->loop) + DIAL_MS, &t, err);
	if (e < 0)
		return e;
	d->conn->client = smtp_client_new(&o, stream_new(r->loop, t),
	    connect_host(d)->name);
	smtp_client_until(d->conn->client,
	    loop_now_ms(r->loop) + HANDSHAKE_MS);
	return 0;
}

/* E_AGAIN: it failed where the route does not insist: once more, in clear. */
static int
start_tls(struct delivery *d, struct smtp_answer *why)
{
	const struct relay_options *o = &d->relay->o;
	struct smtp_client *c = d->conn->client;
	enum route_tls want = d->route.tls;
	bool offered = smtp_client_offers(c) & OFFER_STARTTLS;
	int e;

	if (want == ROUTE_TLS_NONE || want == ROUTE_TLS_FIRST)
		return 0;
	if (!offered && want == ROUTE_TLS_MAY)
		return 0;
	if (!offered) {
		note(d, LATER, 0, STR("4.7.4"),
		    STR("it offers no TLS, which the route demands"));
		return E_TLS;
	}
	e = smtp_client_starttls(c,
	    want == ROUTE_TLS_VERIFY ? o->tls_verify : o->tls_any, why);
	if (e >= 0 || e == E_CANCELED)
		return e;
	if (want == ROUTE_TLS_MAY) {	/* RFC 7435: rather that than none */
		log_host(d, why->code, str_c(why->status), why->text);
		return smtp_client_usable(c) ? 0 : E_AGAIN;
	}
	note(d, LATER, why->code, STR("4.7.5"), why->text);
	return E_TLS;
}

static int
log_in(struct delivery *d, struct smtp_answer *why)
{
	const struct route *r = &d->route;
	int e;

	if (r->user.n == 0)
		return 0;
	e = smtp_client_login(d->conn->client, r->user, r->password, why);
	/* Not the sender's fault: the operator will mend it. */
	if (e < 0 && e != E_CANCELED)
		note(d, LATER, why->code, str_c(why->status), why->text);
	return e;
}

static void
backoff_failed(struct delivery *d, struct str why)
{
	host_backoff_failed(d->relay->backoff, present_address(d), port_of(d),
	    loop_now_ms(d->relay->loop), why);
}

/* From the first octet to where MAIL may be said. Whatever fails has been
 * noted. */
static int
shake_hands(struct delivery *d, bool clear)
{
	struct smtp_client *c = d->conn->client;
	struct smtp_answer why = { 0 };
	int e = 0;

	if (d->route.tls == ROUTE_TLS_FIRST &&
	    (e = smtp_client_tls(c, d->relay->o.tls_verify, &why)) < 0) {
		if (e != E_CANCELED)
			note(d, LATER, 0, STR("4.7.5"), why.text);
		return e;
	}
	if ((e = smtp_client_hello(c, &why)) < 0) {
		if (e != E_CANCELED)
			note_answer(d, &why);
		if (e != E_CANCELED && why.code == 0)
			backoff_failed(d, why.text);
		return e;
	}
	host_backoff_answered(d->relay->backoff, present_address(d),
	    port_of(d));
	d->verdict.reached = true;
	if (!clear && (e = start_tls(d, &why)) < 0)
		return e;
	return log_in(d, &why);
}

static int
open_new(struct delivery *d, bool clear)
{
	struct err err = { 0 };
	int e;

	d->dials++;
	if ((e = dial(d, &err)) < 0) {
		if (e == E_CANCELED)
			return e;
		note(d, UNREACHED, 0, STR("4.4.1"), str_c(err.text));
		if (e != E_LIMIT)	/* that is our own trouble */
			backoff_failed(d, str_c(err.text));
		return e;
	}
	return shake_hands(d, clear);
}

/* A host that is there for nobody else: mail to strangers must not reach into
 * our own network. Nobody at that domain can take mail: RFC 3463 X.1.2. */
static bool
is_forbidden(const struct delivery *d)
{
	return !d->route.private && host_address_is_private(present_address(d));
}

static bool
is_skipped(struct delivery *d)
{
	struct str why;

	if (is_forbidden(d)) {
		note_quietly(d, NEVER_AGAIN, 0, STR("5.1.2"),
		    STR("a private address, where no mail is sent to"));
		return true;
	}
	why = host_backoff_why(d->relay->backoff, present_address(d),
	    port_of(d), loop_now_ms(d->relay->loop));
	if (why.n == 0 || d->again)
		return false;
	note_quietly(d, UNREACHED, 0, STR("4.4.1"),
	    arena_printf(d->txn_mem, "not tried again so soon: %.*s",
		STR_FMT(why)));
	return true;
}

static int
try_address(struct delivery *d)
{
	int e;

	if (is_skipped(d))
		return E_NOTFOUND;
	if ((e = claim(d)) == E_BUSY)
		note_quietly(d, LATER, 0, STR("4.4.5"),
		    STR("too many connections to it already"));
	if (e < 0)
		return e;
	if (d->conn->client) {
		d->verdict.reached = true;
		return 0;
	}
	e = open_new(d, false);
	if (e == E_AGAIN) {
		give_up(d);
		d->conn = pool_add(d->relay->pool, key_of(d),
		    present_address(d));
		e = open_new(d, true);
	}
	if (e < 0)
		give_up(d);
	return e;
}

/* All of them ----------------------------------------------------------- */

static void
next_address(struct delivery *d)
{
	if (++d->address < connect_host(d)->naddresses)
		return;
	d->host++;
	d->address = 0;
}

/* Is there one more? Hosts without an address are passed over. */
static bool
at_address(struct delivery *d)
{
	if (d->found != HOSTS_OK)
		return false;
	for (; d->host < d->hosts->n && connect_host(d)->naddresses == 0;
	    d->host++)
		note_no_address(d);
	return d->host < d->hosts->n && d->dials < DIALS_MAX &&
	    d->losses < LOSSES_MAX &&
	    loop_now_ms(d->relay->loop) < d->until_ms;
}

/* Some are left: nobody knows what they would have said. */
static void
note_untried(struct delivery *d)
{
	struct verdict *v = &d->verdict;

	if (d->found != HOSTS_OK || d->host >= d->hosts->n || v->untried)
		return;
	v->untried = true;
	if (!v->later)
		judge(v, UNREACHED, 0, STR("4.4.1"));
	say(v, connect_host(d)->name, STR_NULL, 0, STR("not tried any more"));
}

int
connect_next(struct delivery *d)
{
	int e;

	if (d->conn)
		return 0;
	if (d->until_ms == 0)
		d->until_ms = loop_now_ms(d->relay->loop) + SEARCH_MS;
	do {
		while (at_address(d)) {
			e = try_address(d);
			if (e == 0)
				d->dials = 0;
			if (e == 0 || e == E_CANCELED)
				return e;
			next_address(d);
		}
		note_untried(d);
		e = fall_back(d);
	} while (e == 0);
	return e;
}

void
connect_lost(struct delivery *d, const struct smtp_answer *why)
{
	bool was_good = d->conn->used;

	note(d, LATER, why->code, STR("4.4.2"), why->text);
	give_up(d);
	/* One that was good until now may be so again. */
	if (was_good)
		d->losses++;
	else
		next_address(d);
}

void
connect_lost_text(struct delivery *d)
{
	note_quietly(d, LATER, 0, STR("4.4.2"),
	    STR("the connection was lost in another message"));
	give_up(d);
	d->losses++;
}
