/*
 * originate.h - what submission does with the text of a message, besides
 * handing it on: it gets a Date and a Message-ID if it has none (RFC 6409 8.2,
 * 8.3), and what it is afterwards is signed (8.5, RFC 6376).
 *
 * The text passes through: feed it in, what comes out is the text. Its header
 * is held back until it is complete.
 */
#pragma once
#include <openssl/types.h>

#include "trust/dkim_header.h"

struct originate;

enum {
	ORIGINATE_HEADER_MAX = 64 * 1024, /* a longer one goes on as it is */
	ORIGINATE_ARENA = 4 << 20,
};

struct originate_options {
	OSSL_LIB_CTX *lib;	/* for SHA-256 */
	struct str hostname;	/* these are copied into the arena */
	struct str id;		/* unique: before the "@" of a Message-ID */
	int64_t at;		/* now */
};

/* The arena must outlive it; originate_free() is for what is not in there. */
struct originate *originate_new(struct arena *a,
    const struct originate_options *o);
void originate_free(struct originate *t); /* NULL is fine */

/* Take octets from the front of *in. True with the next slice of the text in
 * *out, good until the next call and never empty; false when *in is used up.
 * An empty *in gets nothing. */
must_check bool originate_next(struct originate *t, struct str *in,
    struct str *out);
/* The text is over: what was still held comes out, a slice at a time. */
must_check bool originate_rest(struct originate *t, struct str *out);

/* What a signature is asked for with. After the rest has come out. */
struct originated {
	struct str names, header;	/* for dkim_sign_ask */
	uint8_t body_hash[32];
	struct str authors[DKIM_AUTHORS_MAX];
	size_t nauthors;
};
/* False if nobody can sign this: no author, or a header out of bounds. To be
 * called once; the authors are in the arena, of ORIGINATE_ARENA. */
must_check bool originate_facts(struct originate *t, struct arena *a,
    struct originated *o);
