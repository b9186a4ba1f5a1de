/*
 * arc_check.h - is the chain of those who handed a message on whole, and has
 * one of them vouched for it?                          RFC 8617 5.2, 7.2.1
 *
 * Rides on the pass that dkim_check makes over the text.
 */
#pragma once
#include "trust/arc_chain.h"
#include "trust/dkim_check.h"

struct arc_result {
	enum arc_status status;
	struct str why;		/* of ARC_FAIL, in words */
	bool dns_failed;	/* and that was why */
	const struct arc_chain *chain; /* NULL: there is none, or its header
					* is too long; the check's */
	size_t oldest_pass;	/* RFC 8617 5.2, 5: of ARC_PASS */
};

/* After dkim_check_finish(), with the same arena. Suspends as its lookups do;
 * each key is asked for once. */
void arc_check(struct dkim_check *c, const struct trust_dns *dns, int64_t now,
    struct arena *a, struct arc_result *out);

/* Of a chain that has passed: who of these domains (a list with spaces) has
 * found that DMARC passed for `author`, when it came to them? From the last
 * one back as far as there are trusted ones: whoever else was behind them may
 * have made the message anew. Empty: nobody. */
struct str arc_vouched(const struct arc_result *r, struct str trusted,
    struct str author, struct arena *a);
