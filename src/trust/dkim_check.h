/*
 * dkim_check.h - are the DKIM signatures of a message good?  RFC 6376 6, 8301
 *
 * Fed the message as it streams by, cut anywhere; each way to hash a body that
 * a signature asks for is one hash. Keys are asked for at the end.
 */
#pragma once
#include <openssl/types.h>

#include "trust/lookup.h"

enum {
	DKIM_SIGNATURES_MAX = 8, /* looked at; others are not there */
	DKIM_KEY_BITS_MIN = 1024, DKIM_KEY_BITS_MAX = 4096,
	DKIM_CHECK_MEMORY = 2 << 20, /* of the arena, at most */
};

/* RFC 8601 2.7.1 */
enum dkim_verdict { DKIM_NONE, DKIM_PASS, DKIM_FAIL, DKIM_POLICY, DKIM_NEUTRAL,
	DKIM_TEMPERROR, DKIM_PERMERROR };
struct str dkim_word(enum dkim_verdict verdict);

struct dkim_result {
	enum dkim_verdict verdict;
	struct str domain, selector;	/* empty: they make no sense */
	struct str identity;		/* i=; empty: not said */
	const char *algorithm;		/* "rsa-sha256" */
	struct str why;			/* in words; empty: nothing to say */
};

/* A verdict with its reason. */
void dkim_say(struct dkim_result *r, enum dkim_verdict verdict,
    const char *why);

struct dkim_check;

/* lib: NULL is OpenSSL's own. */
struct dkim_check *dkim_check_new(OSSL_LIB_CTX *lib);
void dkim_check_feed(struct dkim_check *c, struct str octets);
/* The message is complete; once. Returns how many results there are: one for
 * each signature, in the order of the message. Suspends as its lookups do;
 * strs are in the arena. */
size_t dkim_check_finish(struct dkim_check *c, const struct trust_dns *dns,
    int64_t now, struct arena *a,
    struct dkim_result results[DKIM_SIGNATURES_MAX]);
/* The body's relaxed hash is wanted as well, for a signature to be made: before
 * the first octet; and here it is, behind dkim_check_finish(). Empty if the
 * header was too long. */
void dkim_check_relaxed(struct dkim_check *c);
struct str dkim_check_relaxed_hash(const struct dkim_check *c);
/* The header, with its blank line, as far as it has come; empty if it is too
 * long to keep. */
struct str dkim_check_header(const struct dkim_check *c);
void dkim_check_free(struct dkim_check *c);	/* NULL is fine */
