/*
 * connect_tls.c - a connection to a host becomes one by TLS, as its route, its
 * domain and the message want.
 */
#include "relay/relay_int.h"

/* Roots that cannot be read trust nobody, and that is logged. */
static struct tls_client *
who_trusts_roots(struct relay *r)
{
	struct relay_options *o = &r->o;
	struct err err = { 0 };

	if (o->roots.n > 0 && tls_client_trust(o->tls_verify,
	    buf_get(&o->roots), &err) < 0)
		log_event(loop_log(r->loop), LOG_ERROR, "roots_failed",
		    F_ERR(&err));
	buf_free(&o->roots);
	return o->tls_verify;
}

/* Who judges the certificate: the roots that are trusted, or nobody, where a
 * key is pinned or anybody will do. */
static struct tls_client *
judge_of(const struct delivery *d)
{
	enum route_tls want = d->need.tls;

	return d->route.pin.n == 0 && (want == ROUTE_TLS_VERIFY ||
	    want == ROUTE_TLS_FIRST) ? who_trusts_roots(d->relay) :
	    d->relay->o.tls_any;
}

/* TLS that was wanted did not come to be. For a message that demands it that
 * is the end, unless the server says "later": RFC 8689 4.2.1. */
static void
note_no_tls(struct delivery *d, int code, struct str status, struct str words)
{
	if (d->tls_wish == REQUIRE_TLS_yes && code / 100 != 4)
		connect_note(d, VERDICT_NEVER, code, STR("5.7.10"), words);
	else
		connect_note(d, VERDICT_LATER, code, status, words);
}

/* Before a word that only the right host is to hear. */
static int
check_pin(struct delivery *d)
{
	char key[TLS_KEY_HEX + 1] = "none";
	struct str pin = d->route.pin;

	if (pin.n == 0 || (smtp_client_tls_key(d->conn->client, key) &&
	    str_find(pin, str_c(key)) < pin.n))
		return 0;
	note_no_tls(d, 0, STR("4.7.5"), arena_printf(d->txn_mem,
	    "it shows another key than the pinned one: %s", key));
	return E_TLS;
}

int
connect_tls_first(struct delivery *d)
{
	struct smtp_client *c = d->conn->client;
	struct smtp_answer why = { 0 };
	struct tls_facts facts;
	int e = smtp_client_tls(c, judge_of(d), NULL, &why);

	if (e == E_CANCELED)
		return e;
	if (e < 0) {
		d->verdict.reached = true;
		note_no_tls(d, 0, STR("4.7.5"), why.text);
		return e;
	}
	if ((e = check_pin(d)) < 0)
		return e;
	facts = smtp_client_tls_facts(c);
	probe_tls(d, &facts);
	return 0;
}

int
connect_starttls(struct delivery *d, struct smtp_answer *why)
{
	struct smtp_client *c = d->conn->client;
	enum route_tls want = d->need.tls;
	bool offered = smtp_client_offers(c) & OFFER_STARTTLS;
	int e;

	if (want == ROUTE_TLS_NONE || want == ROUTE_TLS_FIRST)
		return 0;
	if (!offered)
		tls_seen_clear(d);
	if (!offered && want == ROUTE_TLS_MAY)
		return 0;
	if (!offered) {
		note_no_tls(d, 0, STR("4.7.4"),
		    d->tls_wish == REQUIRE_TLS_yes ?
		    STR("it offers no TLS, which the message demands") :
		    d->need.by == SECURITY_ROUTE ?
		    STR("it offers no TLS, which the route demands") :
		    STR("it offers no TLS, though its domain says so"));
		return E_TLS;
	}
	e = smtp_client_starttls(c, judge_of(d), d->need.dane, why);
	if (e >= 0) {
		struct tls_facts facts = smtp_client_tls_facts(c);

		tls_seen_well(d, &facts);
		probe_tls(d, &facts);
	} else if (e != E_CANCELED) {
		tls_seen_failed(d, why->text);
		probe_say(d, "TLS", "%.*s", STR_FMT(why->text));
	}
	if (e >= 0 || e == E_CANCELED)
		return e < 0 ? e : check_pin(d);
	if (want == ROUTE_TLS_MAY) {	/* RFC 7435: rather that than none */
		d->tls_refused = true;
		connect_log_host(d, why->code, str_c(why->status), why->text);
		return smtp_client_usable(c) ? 0 : E_AGAIN;
	}
	note_no_tls(d, why->code, STR("4.7.5"), why->text);
	return E_TLS;
}
