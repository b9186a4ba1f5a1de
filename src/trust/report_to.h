/*
 * report_to.h - who is to get the reports that a domain asks for: the URIs of
 * rua, of which mailto: is used, and whether those elsewhere want them.
 *                                                  RFC 7489 6.2, 7.1
 */
#pragma once
#include "trust/lookup.h"

enum { REPORT_TO_MAX = 2 };	/* the first ones; the others get none */

struct report_to {
	struct str address;	/* local@domain, the domain an A-label in
				 * lower case */
	uint64_t most_octets;	/* of the message; 0: any */
};

/* The addresses in rua that may get reports about this domain; returns how
 * many. *unsure: DNS failed, there may be more. Suspends; strs are in the
 * arena. */
size_t report_to_find(const struct trust_dns *dns, struct str domain,
    struct str rua, struct arena *a, struct report_to out[REPORT_TO_MAX],
    bool *unsure);

/* The same of reports about TLS: what the domain says at _smtp._tls, and nobody
 * is asked whether he wants them.                        RFC 8460 3 */
size_t report_to_tls(const struct trust_dns *dns, struct str domain,
    struct arena *a, struct report_to out[REPORT_TO_MAX], bool *unsure);

/* One URI, pure: false if it is no mailto: of one plain address. */
must_check bool report_to_parse(struct str uri, struct arena *a,
    struct report_to *out);
