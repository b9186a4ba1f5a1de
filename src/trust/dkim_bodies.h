/*
 * dkim_bodies.h - the body of a message, hashed in each of the ways that its
 * signatures ask for, as it streams by.                      RFC 6376 3.4, 3.7
 */
#pragma once
#include <openssl/types.h>

#include "trust/dkim_body.h"
#include "trust/dkim_check.h"
#include "trust/dkim_signature.h"

enum { DKIM_BODIES_MAX = DKIM_SIGNATURES_MAX + 4 };

/* As one or more signatures want it. */
struct dkim_hashed {
	struct dkim_body body;
	EVP_MD_CTX *md;
	bool has_length;
	uint64_t length;	/* hash no more than so much */
	uint64_t octets;	/* of the canonical body */
	unsigned char hash[DKIM_HASH_LEN];
};

struct dkim_bodies {
	EVP_MD *sha256;		/* borrowed */
	size_t n;
	struct dkim_hashed v[DKIM_BODIES_MAX];
};

/* One that is hashed like this already, or a new one. NULL: there are too many
 * kinds. Before the body comes. */
struct dkim_hashed *dkim_bodies_for(struct dkim_bodies *b, bool simple,
    bool has_length, uint64_t length);
void dkim_bodies_feed(struct dkim_bodies *b, struct str octets);
void dkim_bodies_finish(struct dkim_bodies *b);
void dkim_bodies_free(struct dkim_bodies *b);

/* Is it the body that was signed? r says if not. l= makes no difference for
 * what goes on behind it: see dkim_body_goes_on(). */
must_check bool dkim_body_is(const struct dkim_hashed *h,
    const struct dkim_signature *s, struct dkim_result *r);
bool dkim_body_goes_on(const struct dkim_hashed *h);
