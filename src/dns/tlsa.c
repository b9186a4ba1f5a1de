#include "dns/tlsa.h"

enum { RECORD_HEAD = 3 };	/* usage, selector, matching type */

struct tlsa_search {
	struct dns *dns;
	struct arena *a;	/* of the caller */
	struct arena *mem;	/* of one answer */
	int64_t until_ms;
	struct tlsa_set *out;
};

static int
ask(struct tlsa_search *s, struct str name, enum dns_type type,
    struct lookup_answer *answer, struct err *err)
{
	arena_reset(s->mem);
	return dns_lookup(s->dns, name, type, answer, s->mem, s->until_ms,
	    err);
}

/* RFC 7672 2.1.1: neither a record nor the proof that there is none. */
static int
tlsa_fail(struct tlsa_search *s, struct str name, const struct lookup_answer *w)
{
	s->out->result = TLSA_FAILED;
	s->out->why = arena_printf(s->a, "TLSA records of %.*s: %.*s",
	    STR_FMT(name), STR_FMT(w->security == DNS_BOGUS ?
		STR("bogus by DNSSEC") : w->why.n > 0 ? str_first(w->why, 200) :
		STR("the lookup failed")));
	return 0;
}

static void
take_records(struct tlsa_search *s, struct str records)
{
	struct tls_dane *dane = &s->out->dane;
	struct rd r = rd_of(records);
	struct dns_record row;

	while (rd_left(&r) > 0 && dane->n < TLSA_MAX &&
	    msg_take(&r, &dns_record_shape, &row)) {
		const uint8_t *p = (const uint8_t *)row.data.p;

		if (row.data.n < RECORD_HEAD)
			continue;
		dane->record[dane->n++] = (struct tlsa){ p[0], p[1], p[2],
			str_dup(s->a, str_from(row.data, RECORD_HEAD)) };
	}
}

/* One candidate for the base domain. */
static int
look_at(struct tlsa_search *s, struct str base, uint16_t port, struct err *err)
{
	struct str name = arena_printf(s->a, "_%u._tcp.%.*s", port,
	    STR_FMT(base));
	struct lookup_answer answer;
	int rc = ask(s, name, DNS_TLSA, &answer, err);

	if (rc < 0)
		return rc;
	if (answer.result == DNS_FAILED)
		return tlsa_fail(s, name, &answer);
	if (answer.result != DNS_OK || answer.security != DNS_SECURE)
		return 0;
	s->out->dane.base = base;
	s->out->result = TLSA_FOUND;
	take_records(s, answer.records);
	return 0;
}

/* An alias that is proven, of an address that is not. 2.2.2, 2.1.3 */
static int
alias_is_secure(struct tlsa_search *s, struct str name, bool *secure,
    struct err *err)
{
	struct lookup_answer answer;
	int rc = ask(s, name, DNS_CNAME, &answer, err);

	if (rc < 0)
		return rc;
	*secure = answer.result == DNS_OK && answer.security == DNS_SECURE;
	return answer.result == DNS_FAILED ? tlsa_fail(s, name, &answer) : 0;
}

/* 3.2.2: whoever may look for the next hop by its MX may also find its name in
 * the certificate. */
static void
name_next_hop(struct tlsa_set *out, const struct hosts *hosts)
{
	const struct str names[] = { hosts->name, hosts->canonical };

	for (size_t i = 0; i < NELEM(names); i++)
		if (!str_eq(names[i], out->dane.base))
			out->dane.also[i] = names[i];
}

static int
search(struct tlsa_search *s, const struct host *h, uint16_t port,
    struct err *err)
{
	bool alias = h->canonical.n > 0 && !str_eq(h->canonical, h->name);
	bool secure = h->secure;
	int rc = 0;

	if (!secure && alias)
		rc = alias_is_secure(s, h->name, &secure, err);
	if (rc < 0 || !secure || s->out->result == TLSA_FAILED)
		return rc;
	if (h->secure && alias)
		rc = look_at(s, h->canonical, port, err);
	if (rc == 0 && s->out->result == TLSA_NONE)
		rc = look_at(s, h->name, port, err);
	return rc;
}

int
tlsa_find(struct dns *d, const struct hosts *hosts, size_t i, uint16_t port,
    struct tlsa_set *out, struct arena *a, int64_t until_ms, struct err *err)
{
	struct tlsa_search s = { .dns = d, .a = a, .until_ms = until_ms,
		.out = out };
	const struct host *h = &hosts->host[i];
	int rc;

	*out = (struct tlsa_set){ .whole = hosts->secure };
	if (h->name.n == 0 || h->name.p[0] == '[')	/* a literal: 2.2 */
		return 0;
	s.mem = arena_new(DNS_ANSWER_MEMORY);
	rc = search(&s, h, port, err);
	arena_free(s.mem);
	if (out->result == TLSA_FOUND && (out->whole || !hosts->mx))
		name_next_hop(out, hosts);
	return rc;
}
