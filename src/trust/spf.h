/*
 * spf.h - may this host send mail of this domain?               RFC 7208
 */
#pragma once
#include "trust/lookup.h"
#include "trust/spf_record.h"

enum {
	SPF_LOOKUPS_MAX = 10,	/* terms that ask DNS, in all: 4.6.4 */
	SPF_VOID_MAX = 2,	/* questions that find nothing */
	SPF_EXPLANATION_MAX = 400, /* octets; a longer one is dropped */
	/* What a check takes of its arena at most. */
	SPF_MEMORY = 1 << 20,
};

struct spf_ask {
	const struct trust_dns *dns;
	struct ip ip;		/* of the client */
	/* The identity: its domain in ASCII, and the address as it was given,
	 * "postmaster@" and the domain for HELO (2.3, 2.4). */
	struct str domain, sender;
	struct str helo;
	struct str receiver;	/* our own name, for explanations */
	int64_t now;		/* seconds since 1970, for explanations */
};

struct spf_answer {
	enum spf_result result;
	/* In words: the term that decided, or what was wrong and where. */
	struct str why;
	/* What the domain says about a SPF_FAIL, visible ASCII: somebody else's
	 * words. Empty if it says nothing. */
	struct str explanation;
};

/* check_host(), of one identity. Suspends as its lookups do. The answer's strs
 * are in the arena or static. */
void spf_check(const struct spf_ask *ask, struct arena *a,
    struct spf_answer *answer);

/* "pass", "fail" and so on.                                   RFC 8601 2.7.2 */
struct str spf_word(enum spf_result result);
