/*
 * security.h - how safe the way to a mail host has to be: what the route
 * says, and where that leaves it open what the destination has published.
 *                                                              RFC 7672
 */
#pragma once
#include "dns/tlsa.h"
#include "relay/route.h"
#include "rt/stream.h"

enum security_by { SECURITY_ROUTE, SECURITY_DANE };
struct security {
	enum security_by by;
	enum route_tls tls;
	/* These keys and no others; NULL: no certificate is asked for, or the
	 * trusted roots are, as tls says. */
	const struct tls_dane *dane;
	bool unsigned_way;	/* nothing proves that it is the host of the
				 * destination: RFC 7672 2.2.1 */
	struct str refused;	/* the host must not be used now, and why */
};

/* Pure. tlsa stays the owner of what out points to. */
void security_choose(const struct route *route, const struct tlsa_set *tlsa,
    struct security *out);
/* What has to be, in a word or two: "DANE", "TLS if offered". */
const char *security_need(const struct security *s);
/* What there was: "TLSv1.3", "TLSv1.3 DANE"; empty without TLS. For people and
 * the journal. */
enum { SECURITY_WORDS = 48 };
void security_words(const struct security *s, const struct tls_facts *tls,
    char words[SECURITY_WORDS]);
