#include "relay/security.h"

void
security_choose(const struct route *route, const struct tlsa_set *tlsa,
    struct security *out)
{
	*out = (struct security){ .tls = route->tls };
	if (!route->published || tlsa->result == TLSA_NONE)
		return;
	out->by = SECURITY_DANE;
	if (tlsa->result == TLSA_FAILED) {
		out->refused = tlsa->why;
		return;
	}
	/* Also where no record is of use: RFC 7672 2.2. */
	out->tls = ROUTE_TLS_MUST;
	out->dane = &tlsa->dane;
	out->unsigned_way = !tlsa->whole;
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

	if (s->refused.n > 0)
		return "unknown";
	if (s->by == SECURITY_DANE)
		return s->unsigned_way ? "DANE of the host" : "DANE";
	return of_route[s->tls];
}

void
security_words(const struct security *s, const struct tls_facts *tls,
    char words[SECURITY_WORDS])
{
	const char *by = !s->dane || !tls->verified ? "" :
	    s->unsigned_way ? " DANE of the host" : " DANE";

	(void)snprintf(words, SECURITY_WORDS, "%.*s%s", STR_FMT(tls->version),
	    tls->on ? by : "");
}
