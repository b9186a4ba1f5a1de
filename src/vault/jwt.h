/*
 * jwt.h - tokens that an issuer has signed: RFC 7519, in the compact form of
 * RFC 7515 7.1. Pure but for OpenSSL.
 *
 * No octet of a token is looked at as JSON before a key of its issuer has
 * signed it: what says which key it was is compared afterwards. A key does what
 * its kind does, whatever a token says of itself, so there is no "none", and no
 * HMAC by what everybody knows.                              RFC 8725 3.1, 3.2
 */
#pragma once
#include <openssl/evp.h>

#include "base/arena.h"
#include "errand/messages.h"

struct jwt {
	struct str signed_part;		/* of the token: header "." payload */
	struct str header, payload;	/* decoded, in the arena */
	struct str signature;
};

/* Three parts of base64url with dots between? False: another kind of token. */
must_check bool jwt_split(struct str token, struct arena *a, struct jwt *out);

struct jwt_key {
	EVP_PKEY *key;
	enum jwk_kind kind;
	enum jws_alg alg;	/* JWS_ANY: those of its kind */
	char kid[256];		/* empty: it has none */
};
struct jwt_keys {
	struct jwt_key key[JWK_KEYS_MAX];
	size_t n;
};

/* struct jwk_row each. What is no key of its kind is left out. */
void jwt_keys_take(struct jwt_keys *k, struct str rows, OSSL_LIB_CTX *lib);
void jwt_keys_free(struct jwt_keys *k); /* what is in it */

/* Has one of them signed it? NULL: none; else it is proven, *alg by what. */
const struct jwt_key *jwt_prove(const struct jwt_keys *k,
    const struct jwt *t, OSSL_LIB_CTX *lib, enum jws_alg *alg);

/* Of one that is proven: what it says. claim: where the address stands. NULL,
 * or what is wrong with it. */
const char *jwt_read(const struct jwt *t, const struct jwt_key *by,
    enum jws_alg alg, struct str claim, struct arena *a,
    struct token_claims *out);
