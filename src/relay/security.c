#include "relay/security.h"

static void
by_dane(const struct tlsa_set *tlsa, struct security *out)
{
	out->by = SECURITY_DANE;
	if (tlsa->result == TLSA_FAILED) {
		out->refused = tlsa->why;
		out->status = "4.4.3";
		return;
	}
	/* Also where no record is of use: RFC 7672 2.2. */
	out->tls = ROUTE_TLS_MUST;
	out->dane = &tlsa->dane;
	out->unsigned_way = !tlsa->whole;
}

static void
by_sts(const struct security_policy *policy, struct security *out)
{
	out->by = SECURITY_STS;
	out->tls = ROUTE_TLS_VERIFY;
	if (policy->names_host)
		return;
	out->refused = policy->unknown ?
	    STR("nobody can say now what the domain wants (MTA-STS)") :
	    STR("the MTA-STS policy of the domain does not name this host");
	out->status = policy->unknown ? "4.3.0" : "4.7.5";
}

/* RFC 8461 2: a policy never makes up for keys that are not shown. Where
 * nothing proves that it is the destination's host, a policy says more than
 * the keys do. */
void
security_choose(const struct route *route, const struct tlsa_set *tlsa,
    const struct security_policy *policy, struct security *out)
{
	bool weaker = tlsa->result == TLSA_NONE ||
	    (tlsa->result == TLSA_FOUND && !tlsa->whole);

	*out = (struct security){ .tls = route->tls };
	if (!route->published)
		return;
	if (weaker && (policy->enforced || policy->unknown))
		by_sts(policy, out);
	else if (tlsa->result != TLSA_NONE)
		by_dane(tlsa, out);
}

static void
refuse_for_good(struct security *s, struct str why)
{
	s->refused = why;
	s->status = "5.7.10";
}

/* RFC 8689 2: the host is known to be the destination's, and shows a
 * certificate of its name that leads to a trusted root, or a key that DANE
 * names. A pinned key is as good: the operator named it. */
void
security_require(const struct route *route, bool named, struct security *s)
{
	bool checked = route->pin.n > 0 || (s->dane && s->dane->n > 0);

	if (s->refused.n > 0) {
		/* What nobody knows now may be known later. */
		if (strcmp(s->status, "4.7.5") == 0)
			s->status = "5.7.10";
		return;
	}
	if (s->by != SECURITY_STS && !named) {
		refuse_for_good(s, STR("neither DNSSEC nor MTA-STS proves "
		    "whose host it is"));
	} else if (s->tls == ROUTE_TLS_NONE) {
		refuse_for_good(s, STR("the route does without TLS"));
	} else if (checked && s->tls == ROUTE_TLS_MAY) {
		s->tls = ROUTE_TLS_MUST;
	} else if (!checked && s->tls != ROUTE_TLS_FIRST) {
		s->tls = ROUTE_TLS_VERIFY;
		s->dane = NULL;
	}
}

const char *
security_need(const struct security *s)
{
	static const char *const of_route[] = {
		[ROUTE_TLS_MAY] = "TLS if offered",
		[ROUTE_TLS_NONE] = "none",
		[ROUTE_TLS_MUST] = "TLS",
		[ROUTE_TLS_VERIFY] = "verified TLS",
		[ROUTE_TLS_FIRST] = "verified TLS",
	};

	if (s->refused.n > 0 && s->by == SECURITY_DANE)
		return "unknown";
	if (s->by == SECURITY_STS)
		return "MTA-STS";
	if (s->by == SECURITY_DANE)
		return s->unsigned_way ? "DANE of the host" : "DANE";
	return of_route[s->tls];
}

void
security_words(const struct security *s, const struct tls_facts *tls,
    char words[SECURITY_WORDS])
{
	const char *by = !tls->verified ? "" :
	    s->by == SECURITY_STS ? " MTA-STS" : !s->dane ? "" :
	    s->unsigned_way ? " DANE of the host" : " DANE";

	(void)snprintf(words, SECURITY_WORDS, "%.*s%s", STR_FMT(tls->version),
	    tls->on ? by : "");
}
