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

/* What the next set is made with; strs are in the arena, or the check's. */
struct arc_sealable {
	uint32_t instance;
	struct str names, header, body_hash;	/* as for a DKIM-Signature */
	struct str chain;	/* relaxed; of ARC_PASS */
};
enum { ARC_CHAIN_OCTETS_MAX = 96 * 1024 };
/* After arc_check() of one that was told dkim_check_relaxed(). False if nobody
 * seals it: the chain is over or full, the header nobody's or out of bounds. */
must_check bool arc_sealable(const struct dkim_check *c,
    const struct arc_result *r, struct arena *a, struct arc_sealable *out);

/* Of a chain that has passed: who of these domains (a list with spaces) has
 * found that DMARC passed for `author`, when it came to them? From the last
 * one back as far as there are trusted ones: whoever else was behind them may
 * have made the message anew. Empty: nobody. */
struct str arc_vouched(const struct arc_result *r, struct str trusted,
    struct str author, struct arena *a);
/* Could one have vouched, had DNS not failed? */
bool arc_unsure(const struct arc_result *r, struct str trusted);
