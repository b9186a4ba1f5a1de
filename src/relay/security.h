/*
 * security.h - how safe the way to a mail host has to be: what the route
 * says, and where that leaves it open what the destination has published:
 * DANE before MTA-STS (RFC 8461 2).                  RFC 7672, RFC 8461
 */
#pragma once
#include "dns/tlsa.h"
#include "relay/route.h"
#include "rt/stream.h"

enum security_by { SECURITY_ROUTE, SECURITY_DANE, SECURITY_STS };
struct security {
	enum security_by by;
	enum route_tls tls;
	/* These keys and no others; NULL: no certificate is asked for, or the
	 * trusted roots are, as tls says. */
	const struct tls_dane *dane;
	bool unsigned_way;	/* nothing proves that it is the host of the
				 * destination: RFC 7672 2.2.1 */
	struct str refused;	/* the host must not be used now, and why */
	const char *status;	/* of that: RFC 3463 */
};

/* What the destination wants of all who bring it mail (RFC 8461 5). */
struct security_policy {
	bool unknown;		/* store, which has it, is away */
	bool enforced;
	bool names_host;	/* this host is one of those */
};

/* Pure. tlsa stays the owner of what out points to. */
void security_choose(const struct route *route, const struct tlsa_set *tlsa,
    const struct security_policy *policy, struct security *out);
/* The same, for a message that wants TLS all the way (RFC 8689 4.2.1): out is
 * what security_choose() said, and becomes no weaker. named: it is known whose
 * host it is, by DNSSEC or because the operator says so. A refusal for good has
 * a status of class 5. */
void security_require(const struct route *route, bool named,
    struct security *s);
/* What has to be, in a word or two: "DANE", "TLS if offered". */
const char *security_need(const struct security *s);
/* What there was: "TLSv1.3", "TLSv1.3 DANE", "TLSv1.3 MTA-STS"; empty without
 * TLS. For people and the journal. */
enum { SECURITY_WORDS = 48 };
void security_words(const struct security *s, const struct tls_facts *tls,
    char words[SECURITY_WORDS]);
