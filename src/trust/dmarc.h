/*
 * dmarc.h - does the domain in From stand behind this message, and if not,
 * what does it want done?                   RFC 9989 (DMARCbis), RFC 7489
 *
 * The organizational domain is found by a walk up the tree of DNS; no list of
 * public suffixes is needed.
 */
#pragma once
#include "trust/lookup.h"

enum dmarc_verdict { DMARC_NONE, DMARC_PASS, DMARC_FAIL, DMARC_TEMPERROR,
	DMARC_PERMERROR };
/* RFC 8601 2.7, RFC 7489 11.1 */
struct str dmarc_word(enum dmarc_verdict verdict);

enum dmarc_policy { DMARC_P_NONE, DMARC_P_QUARANTINE, DMARC_P_REJECT };
struct str dmarc_policy_word(enum dmarc_policy policy);

struct dmarc_record {
	enum dmarc_policy p, sp, np;	/* of itself, of names below it, of
					 * those that do not exist */
	bool strict_dkim, strict_spf;
	bool testing;			/* one step milder: t=y, pct=0 */
	char psd;			/* 'y', 'n' or 'u' */
	struct str rua;			/* where reports go; borrowed */
};
/* False if text is no record that counts. */
must_check bool dmarc_parse(struct str text, struct dmarc_record *out);

struct dmarc_ask {
	const struct trust_dns *dns;
	struct str from;		/* the domain, ASCII, lower case */
	struct str spf;			/* of a pass; empty: none */
	const struct str *dkim;		/* of each that passed */
	size_t ndkim;
};

struct dmarc_answer {
	enum dmarc_verdict verdict;
	enum dmarc_policy policy;	/* what is asked for, of DMARC_FAIL */
	struct str domain;		/* whose record it was; empty: none */
	struct dmarc_record record;	/* if there is one */
	bool dkim_aligned;		/* one of dkim is of its domain, */
	bool spf_aligned;		/* or spf: looked at after a pass only
					 * where record.rua is to be told */
	struct str why;			/* in words */
};

/* The organizational domain of a name. Suspends. False: DNS failed. */
must_check bool dmarc_organization(const struct trust_dns *dns,
    struct str name, struct arena *a, struct str *out);

/* Suspends as its lookups do. The answer's strs are in the arena or static. */
void dmarc_check(const struct dmarc_ask *ask, struct arena *a,
    struct dmarc_answer *answer);
