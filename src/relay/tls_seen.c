#include "base/ip.h"
#include "relay/relay_int.h"

/*
 * What is counted of TLS with a host, for a report to the domain whose mail it
 * takes: of connections that are made, as it was wanted by what the domain has
 * published.                                       RFC 8460 4.3, 4.5
 */

/* Hosts that the operator names are no matter of the domain's, and reports are
 * not told of (3). */
static bool
is_counted(const struct delivery *d)
{
	return !d->probe && d->conf->c.tls_reports &&
	    d->route.mx && d->route.published &&
	    !d->fallen_back && d->tls_wish != REQUIRE_TLS_no;
}

static void
put_keys(struct buf *b, const struct tls_dane *dane)
{
	for (size_t i = 0; i < dane->n; i++) {
		const struct tlsa *t = &dane->record[i];

		/* Whole ones. */
		if (b->n + 2 * t->data.n + 16 > b->cap)
			return;
		buf_printf(b, "%u %u %u ", t->usage, t->selector,
		    t->matching);
		for (size_t k = 0; k < t->data.n; k++)
			buf_printf(b, "%02X", (unsigned char)t->data.p[k]);
		buf_chr(b, '\n');
	}
}

static void
put_policy(struct buf *b, const struct sts_policy *sts)
{
	struct str rest = sts->mx, one;

	buf_printf(b, "version: STSv1\nmode: %s\n", sts_mode_name(sts->mode));
	while (rest.n > 0) {
		if (!str_cut(rest, ' ', &one, &rest))
			rest = STR_NULL;
		if (b->n + one.n + 40 < b->cap)
			buf_printf(b, "mx: %.*s\n", STR_FMT(one));
	}
	buf_printf(b, "max_age: %u\n", sts->max_age_s);
}

static void
count_session(struct delivery *d, enum tls_row_by by, struct str result,
    struct str reason)
{
	const struct host *h = connect_host(d);
	auto_buf policy = BUF_INIT(TLS_ROW_POLICY);
	char room[48];
	struct ip ip;
	struct tls_seen s = { .domain = d->hosts->name, .by = (uint8_t)by,
		.mx = str_first(h->name, 255),
		.result = str_first(result, 32),
		.reason = str_first(reason, TLS_ROW_REASON) };

	if (by == TLS_ROW_tlsa && d->need.dane)
		put_keys(&policy, d->need.dane);
	else if (by == TLS_ROW_sts && d->sts.id.n > 0)
		put_policy(&policy, &d->sts);
	s.policy = buf_get(&policy);
	if (result.n > 0 && ip_parse(host_address_text(
	    &h->address[d->address], room), &ip))
		s.address = ip_octets(&ip);
	tls_tally_add(d->relay->tally, &s);
}

static enum tls_row_by
held_to(const struct delivery *d)
{
	if (d->need.by == SECURITY_DANE)
		return TLS_ROW_tlsa;
	return d->sts.id.n > 0 && d->sts.mode != STS_NONE ? TLS_ROW_sts :
	    TLS_ROW_no_policy;
}

void
tls_seen_policy_failed(struct delivery *d)
{
	if (is_counted(d) && d->sts.result.n > 0)
		count_session(d, TLS_ROW_sts, d->sts.result, d->sts.why);
}

void
tls_seen_refused(struct delivery *d)
{
	/* Where store is away nobody knows what they want. */
	if (!is_counted(d) || (d->need.by == SECURITY_STS &&
	    d->sts.id.n == 0))
		return;
	if (d->need.by == SECURITY_DANE)
		count_session(d, TLS_ROW_tlsa, STR("dnssec-invalid"),
		    d->need.refused);
	else if (d->need.by == SECURITY_STS)
		count_session(d, TLS_ROW_sts, STR("validation-failure"),
		    d->need.refused);
}

void
tls_seen_clear(struct delivery *d)
{
	if (is_counted(d))
		count_session(d, held_to(d), STR("starttls-not-supported"),
		    STR_NULL);
}

/* OpenSSL's words for what is wrong with a certificate, and ours. */
void
tls_seen_failed(struct delivery *d, struct str words)
{
	static const struct {
		const char *words, *result;
	} t[] = {
		{ "certificate is for ", "certificate-host-mismatch" },
		{ "certificate has expired", "certificate-expired" },
		{ "self-signed certificate", "certificate-not-trusted" },
		{ "unable to get local issuer", "certificate-not-trusted" },
		{ "unable to verify the first", "certificate-not-trusted" },
	};
	const char *result = "validation-failure";

	if (!is_counted(d))
		return;
	for (size_t i = 0; i < NELEM(t); i++)
		if (str_find(words, str_c(t[i].words)) < words.n)
			result = t[i].result;
	count_session(d, held_to(d), str_c(result), words);
}

/* A policy that is only tested forbids nothing, and is to hear what it would
 * have forbidden: RFC 8461 5. */
void
tls_seen_well(struct delivery *d, const struct tls_facts *facts)
{
	if (!is_counted(d))
		return;
	if (held_to(d) != TLS_ROW_sts || d->need.by == SECURITY_STS)
		count_session(d, held_to(d), STR_NULL, STR_NULL);
	else if (!sts_allows(&d->sts, connect_host(d)->name))
		count_session(d, TLS_ROW_sts, STR("validation-failure"),
		    STR("the policy does not name this host"));
	else if (!facts->verified)
		count_session(d, TLS_ROW_sts, STR("certificate-not-trusted"),
		    STR_NULL);
	else
		count_session(d, TLS_ROW_sts, STR_NULL, STR_NULL);
}
