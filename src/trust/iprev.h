/*
 * iprev.h - has the host a name that leads back to its address?
 *                                                    RFC 8601 2.7.3, 3
 */
#pragma once
#include "base/ip.h"
#include "trust/lookup.h"

enum { IPREV_NAMES_MAX = 3 };	/* of those it has: looked at */

enum iprev_verdict { IPREV_NONE, IPREV_PASS, IPREV_FAIL, IPREV_TEMPERROR,
	IPREV_PERMERROR };	/* the last: it has no name */
struct str iprev_word(enum iprev_verdict verdict);

struct iprev_answer {
	enum iprev_verdict verdict;
	struct str name;	/* of PASS, or the first that was a lie; empty:
				 * none that can be one */
};

/* One question for its names, and one for each of these. Suspends as lookups
 * do; strs lie in the arena. */
void iprev_check(const struct trust_dns *dns, const struct ip *ip,
    struct arena *a, struct iprev_answer *out);
