/*
 * mta_sts.h - what a domain says about TLS of those who bring it mail.
 *                                                          RFC 8461 3, 4.1
 * Pure.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

enum {
	STS_ID_MAX = 32,
	STS_MX_OCTETS = 8000,	/* all patterns: more is no policy */
	STS_AGE_MAX = 31557600,	/* seconds; a longer one is cut: 3.2 */
	/* Of a policy of ours: weeks are wanted (3.2), and a day of one that
	 * takes the former back (8.3). */
	STS_OUR_AGE = 604800, STS_OUR_AGE_NONE = 86400,
	STS_OUR_ID = 16,	/* octets of its id */
};

enum sts_mode { STS_NONE, STS_TESTING, STS_ENFORCE };
/* "none", "testing", "enforce" */
const char *sts_mode_name(enum sts_mode mode);

struct sts_text {
	enum sts_mode mode;
	uint32_t max_age_s;
	struct str mx;	/* patterns in lower case, a space between */
};

/* Is this TXT one of those that count? 3.1: others are discarded. */
bool sts_is_record(struct str txt);
/* Its id, in txt. False: it is no record after all. */
bool sts_record_parse(struct str txt, struct str *id);
/* What is at the well-known place. False: it is no policy, and why. */
bool sts_text_parse(struct str text, struct arena *a, struct sts_text *out,
    const char **wrong);
/* Does one of the patterns allow this host?                          4.1 */
bool sts_mx_allows(struct str mx, struct str host);

/* ---- of our own domains */
/* The policy: this host alone takes their mail. */
void sts_our_text(struct buf *b, enum sts_mode mode, struct str host);
/* Its id: another for another text. */
void sts_our_id(struct str text, char id[STS_OUR_ID + 1]);
