/*
 * need.c - how safe the way to the present host has to be: what is published
 * is looked up, security.c decides, and the message has its say (RFC 8689).
 */
#include "relay/relay_int.h"

uint32_t
need_of_item(const struct queue_item *item)
{
	return item->reverse_path.n == 0 &&
	    item->require_tls == REQUIRE_TLS_yes ? REQUIRE_TLS_unsaid :
	    item->require_tls;
}

static int
find_tlsa(struct delivery *d, struct tlsa_set *out)
{
	struct loop *l = d->relay->loop;
	struct err err = { 0 };
	int e = 0;

	if (d->conf->c.dane)
		e = tlsa_find(d->relay->o.dns, d->hosts, d->host,
		    connect_port(d), out, d->need_mem,
		    loop_now_ms(l) + LOOKUP_MS, &err);
	if (e >= 0 || e == E_CANCELED)
		return e;
	out->result = TLSA_FAILED;
	out->why = str_dup(d->need_mem, str_c(err.text));
	return 0;
}

/* The policy of the domain whose MX this is; of no host that the operator
 * names. */
static int
find_policy(struct delivery *d, struct security_policy *out)
{
	struct relay *r = d->relay;
	struct sts_policy sts = { 0 };
	struct err err = { 0 };
	int e;

	if (!d->conf->c.mta_sts || !d->route.mx || d->fallen_back)
		return 0;
	e = sts_find(r->sts, d->hosts->name, &sts, d->need_mem,
	    loop_now_ms(r->loop) + LOOKUP_MS, &err);
	if (e == E_CANCELED)
		return e;
	if (e == 0)
		d->sts = sts;
	out->unknown = e < 0;
	out->enforced = e == 0 && sts.mode == STS_ENFORCE;
	out->names_host = e == 0 && sts_allows(&sts, connect_host(d)->name);
	return 0;
}

/* To whoever probes. */
static void
say_need(struct delivery *d, const struct route *route,
    const struct tlsa_set *tlsa, const struct security_policy *policy)
{
	static const char *const modes[] = { [STS_NONE] = "none",
		[STS_TESTING] = "testing", [STS_ENFORCE] = "enforce" };

	if (!route->published)
		probe_say(d, "policy", "what the destination has published is "
		    "not looked at");
	else if (!d->conf->c.dane)
		probe_say(d, "policy", "DANE: not looked at");
	else if (tlsa->result == TLSA_FOUND)
		probe_say(d, "policy", "DANE: %zu TLSA records",
		    tlsa->dane.n);
	else
		probe_say(d, "policy", "DANE: %.*s", STR_FMT(
		    tlsa->result == TLSA_FAILED ? tlsa->why :
		    STR("no TLSA records that are proven")));
	if (route->published && d->sts.id.n > 0)
		probe_say(d, "policy", "MTA-STS: %s, which %s this host",
		    modes[d->sts.mode], policy->names_host ? "names" :
		    "does not name");
	else if (route->published)
		probe_say(d, "policy", "MTA-STS: %s", policy->unknown ?
		    "nobody knows, store is away" : "none");
	if (d->sts.why.n > 0)
		probe_say(d, "policy", "MTA-STS: %.*s", STR_FMT(d->sts.why));
}

/* What nobody can say now is no reason to do without: RFC 7672 2.1.2. */
int
need_find(struct delivery *d)
{
	const struct host *h = connect_host(d);
	struct security_policy policy = { 0 };
	struct route route = d->route;
	struct tlsa_set *tlsa;
	int e = 0;

	if (d->need_of == h)
		return 0;
	d->need_of = NULL;
	d->sts = (struct sts_policy){ 0 };
	arena_reset(d->need_mem);
	tlsa = arena_new_of(d->need_mem, struct tlsa_set);
	/* RFC 8689 3: what the destination has published is not for it. */
	route.published &= d->tls_wish != REQUIRE_TLS_no;
	if (route.published && (e = find_tlsa(d, tlsa)) == 0)
		e = find_policy(d, &policy);
	if (e < 0)
		return e;
	security_choose(&route, tlsa, &policy, &d->need);
	if (d->probe)
		say_need(d, &route, tlsa, &policy);
	if (d->tls_wish == REQUIRE_TLS_yes)
		security_require(&route, d->hosts->secure || !route.mx ||
		    d->fallen_back, &d->need);
	probe_say(d, "policy", "so it has to be: %s", security_need(&d->need));
	d->need_of = h;
	return 0;
}
