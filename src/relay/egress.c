/*
 * egress.c - dialling: straight, by a proxy that speaks SOCKS 5, or by one
 * that takes the PROXY protocol for an order (HAProxy: accept-proxy, and a
 * server without an address).
 *
 * All of it has to be over in DIAL_MS, of which each address of a proxy has its
 * part. What a SOCKS proxy does with the time once it was asked to connect, all
 * that is left, is the way to the destination; before that it is its own.
 */
#include "relay/egress.h"

#include "base/ip.h"
#include "relay/host_backoff.h"
#include "relay/socks.h"
#include "rt/proxy.h"

enum { HEADER_MAX = 64 };

/* To an address of the proxy ---------------------------------------------- */

/* A connection to it under way. */
struct way {
	const struct egress *e;
	struct host_address at;	/* its address */
	char name[48];		/* that, as text */
	int64_t until_ms;	/* of itself; */
	int64_t end_ms;		/* and of all */
	struct stream *s;
	enum egress_fault *fault;
	struct err *err;
};

static uint16_t
proxy_port(const struct way *w)
{
	return (uint16_t)w->e->route->egress.port;
}

/* In words, with which proxy it was; code is E_CANCELED as it is. */
static int
blame(const struct way *w, enum egress_fault fault, int code, const char *what,
    const char *why)
{
	if (code == E_CANCELED)
		return code;
	*w->fault = fault;
	return err_set(w->err, code, "the proxy %s%s%s:%u %s%s%s",
	    w->at.v6 ? "[" : "", w->name, w->at.v6 ? "]" : "", proxy_port(w),
	    what, why ? ": " : "", why ? why : "");
}

/* It is not tried with each message. */
static int
give_up(const struct way *w, int code, const char *what, const char *why)
{
	int rc = blame(w, EGRESS_PROXY, code, what, why);

	if (rc != E_CANCELED && !w->e->quiet)
		host_backoff_failed(w->e->backoff, &w->at, proxy_port(w), 0,
		    loop_now_ms(w->e->o->loop), str_c(why ? why : what));
	return rc;
}

static int
reach(struct way *w)
{
	const struct relay_options *o = w->e->o;
	struct transport *t;
	struct err err = { 0 };
	struct str why = host_backoff_why(w->e->backoff, &w->at,
	    proxy_port(w), 0, loop_now_ms(o->loop));
	char room[200];
	int rc;

	if (why.n > 0 && !w->e->again) {
		(void)snprintf(room, sizeof(room), "%.*s", STR_FMT(why));
		return blame(w, EGRESS_PROXY, E_IO, "is not tried again so "
		    "soon", room);
	}
	rc = o->dial(o->loop, w->name, proxy_port(w), "", w->until_ms, &t,
	    &err);
	if (rc == E_LIMIT)
		return blame(w, EGRESS_PROXY, rc, "is not dialled", err.text);
	if (rc < 0)
		return give_up(w, rc, "is not reached", err.text);
	w->s = stream_new(o->loop, t);
	stream_deadline(w->s, w->until_ms);
	return 0;
}

/* SOCKS 5 ----------------------------------------------------------------- */

/* The stream failed. Who has not answered is the one whose turn it is. */
static int
lost(struct way *w, const struct socks *k, int code)
{
	bool late = code == E_TIMEOUT;

	if (!k->asked)
		return give_up(w, code, late ? "does not answer" :
		    "hangs up", NULL);
	return late ? blame(w, EGRESS_HOST, code, "was not connected in time",
	    NULL) : blame(w, EGRESS_OURS, code, "hangs up when asked to "
	    "connect", NULL);
}

static int
refused(struct way *w, const struct socks *k)
{
	switch (k->state) {
	case SOCKS_UNREACHED:
		return blame(w, EGRESS_HOST, E_IO, "does not reach it",
		    k->why);
	case SOCKS_REFUSED:
		return blame(w, EGRESS_OURS, E_IO, "refused", k->why);
	default:
		return give_up(w, E_IO, "is of no use", k->why);
	}
}

static int
by_socks(struct way *w)
{
	const struct egress *e = w->e;
	const struct egress_conf *x = &e->route->egress;
	auto_buf say = BUF_INIT(SOCKS_SAY_MAX);
	struct socks k;
	struct str got;
	size_t used;
	int rc = 0;

	socks_begin(&k, x->user, x->password, e->to, e->port, &say);
	while (k.state == SOCKS_MORE && rc == 0) {
		if (k.asked)
			stream_deadline(w->s, w->end_ms);
		if (say.n > 0) {
			(void)stream_write(w->s, buf_get(&say));
			rc = stream_flush(w->s, NULL);
			buf_reset(&say);
		}
		if (rc == 0)
			rc = stream_peek(w->s, &got, NULL);
		if (rc < 0)
			return lost(w, &k, rc);
		(void)socks_feed(&k, got, &used, &say);
		stream_eat(w->s, used);
	}
	return k.state == SOCKS_OPEN ? 0 : refused(w, &k);
}

/* HAProxy ----------------------------------------------------------------- */

/* It says nothing of how it goes: what comes next is the destination's
 * greeting, or the end. */
static int
by_header(struct way *w)
{
	const struct egress *e = w->e;
	struct ip from = { .v6 = e->to->v6 }, to = { .v6 = e->to->v6 };
	auto_buf b = BUF_INIT(HEADER_MAX);
	int rc;

	memcpy(to.octets, e->to->octets, sizeof(to.octets));
	if (e->from.n > 0 && (!ip_parse(e->from, &from) ||
	    from.v6 != to.v6))
		from = (struct ip){ .v6 = to.v6 };
	proxy_put(&b, &from, &to, e->port);
	(void)stream_write(w->s, buf_get(&b));
	rc = stream_flush(w->s, NULL);
	return rc < 0 ? give_up(w, rc, "hangs up", NULL) : 0;
}

/* Either ------------------------------------------------------------------ */

static int
by_address(const struct egress *e, const struct host_address *at,
    int64_t until_ms, int64_t end_ms, struct stream **s,
    enum egress_fault *fault, struct err *err)
{
	struct way w = { .e = e, .at = *at, .until_ms = until_ms,
		.end_ms = end_ms, .fault = fault, .err = err };
	char room[48];
	int rc;

	(void)snprintf(w.name, sizeof(w.name), "%.*s",
	    STR_FMT(host_address_text(at, room)));
	if ((rc = reach(&w)) == 0)
		rc = e->route->egress.kind == EGRESS_SOCKS5 ? by_socks(&w) :
		    by_header(&w);
	/* It works, whatever it says of the destination. */
	if (rc == 0 || (rc != E_CANCELED && *fault != EGRESS_PROXY))
		host_backoff_answered(e->backoff, at, proxy_port(&w), 0);
	if (rc == 0)
		*s = w.s;
	else
		stream_close(w.s);
	return rc;
}

/* Its addresses one after the other, until one is a proxy that works. One that
 * says nothing leaves time for those behind it. */
static int
by_proxy(const struct egress *e, struct stream **s, enum egress_fault *fault,
    struct err *err)
{
	const struct relay_options *o = e->o;
	const int64_t until = loop_now_ms(o->loop) + DIAL_MS;
	struct arena *a = arena_new(2 * HOSTS_MEMORY);
	struct hosts *h = arena_new_of(a, struct hosts);
	struct str name = e->route->egress.host;
	int rc;

	*fault = EGRESS_PROXY;
	rc = hosts_find(o->dns, o->loop, name, false, &(struct self){ 0 }, h,
	    a, until, err);
	if (rc < 0 && rc != E_CANCELED)
		rc = err_set(err, rc, "the proxy %.*s: DNS failed",
		    STR_FMT(name));
	else if (rc == 0 && (h->result != HOSTS_OK || h->n == 0))
		rc = err_set(err, E_IO, "the proxy %.*s has no address: %.*s",
		    STR_FMT(name), STR_FMT(h->why));
	else if (rc == 0)
		rc = err_set(err, E_IO, "the proxy %.*s has no address",
		    STR_FMT(name));
	for (size_t i = 0; rc != E_CANCELED && *fault == EGRESS_PROXY &&
	    h->n > 0 && i < h->host[0].naddresses; i++) {
		int64_t now = loop_now_ms(o->loop), turn = now +
		    (until - now) / (int64_t)(h->host[0].naddresses - i);

		rc = by_address(e, &h->host[0].address[i], turn, until, s,
		    fault, err);
		if (rc == 0)
			break;
	}
	arena_free(a);
	return rc;
}

static int
straight(const struct egress *e, struct stream **s, enum egress_fault *fault,
    struct err *err)
{
	const struct relay_options *o = e->o;
	const int64_t until = loop_now_ms(o->loop) + DIAL_MS;
	struct arena *a = arena_new(8192);
	struct transport *t;
	char room[48];
	int rc;

	rc = e->route->path.n > 0 ? o->dial_path(o->dial_arg, e->route->path,
	    until, &t, err) : o->dial(o->loop, str_dupz(a,
	    host_address_text(e->to, room)), e->port, str_dupz(a, e->from),
	    until, &t, err);
	arena_free(a);
	*fault = rc == E_LIMIT ? EGRESS_OURS : EGRESS_HOST;
	if (rc == 0)
		*s = stream_new(o->loop, t);
	return rc;
}

int
egress_dial(const struct egress *e, struct stream **s,
    enum egress_fault *fault, struct err *err)
{
	return e->route->egress.kind == EGRESS_DIRECT ?
	    straight(e, s, fault, err) : by_proxy(e, s, fault, err);
}
