/*
 * dkim_verify.h - the key that a signature names, and whether it made it.
 *                                            RFC 6376 6.1.2, 6.1.3, RFC 8617 5
 */
#pragma once
#include <openssl/types.h>

#include "trust/dkim_check.h"
#include "trust/dkim_signature.h"

struct dkim_verifier {
	OSSL_LIB_CTX *lib;
	EVP_MD *sha256;
};

/* Ask for it: its strs are in the arena. False: r says why not. Suspends. */
must_check bool dkim_find_key(const struct dkim_signature *s,
    const struct trust_dns *dns, struct arena *a, struct dkim_key *key,
    struct dkim_result *r);
/* Did this key sign these octets, and is it worth anything? r says if not. */
must_check bool dkim_key_made(const struct dkim_verifier *v,
    const struct dkim_signature *s, const struct dkim_key *key,
    struct str octets, struct dkim_result *r);
