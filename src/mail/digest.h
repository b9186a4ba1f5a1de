/*
 * digest.h - what a signature of a message is asked for with: which fields,
 * and the hash of its body.                       RFC 6376 3.4.2, 3.7, 5.4
 */
#pragma once
#include <openssl/types.h>

#include "trust/dkim_header.h"

enum { DIGEST_ARENA = 4 << 20 };

struct signable {
	struct str names, header;	/* for dkim_sign_ask */
	struct str body_hash;		/* SHA-256 */
	struct str authors[DKIM_AUTHORS_MAX];
	size_t nauthors;
};

struct digest;

/* lib: NULL is OpenSSL's own. */
struct digest *digest_new(OSSL_LIB_CTX *lib);
/* The message, cut anywhere. */
void digest_feed(struct digest *d, struct str octets);
/* That was all; once. False if nobody can sign this: no author, or a header
 * out of bounds. The authors are in the arena, of DIGEST_ARENA, the rest is
 * good until digest_free(). Authors' domains are A-labels: what d= can be. */
must_check bool digest_finish(struct digest *d, struct arena *a,
    struct signable *out);
void digest_free(struct digest *d);	/* NULL is fine */
