/*
 * dkim.h - keys that sign mail, and the one thing that is signed with them.
 *                                            RFC 6376, RFC 8301, RFC 8463
 *
 * A domain has a small set of keys, each with a selector of its own: one
 * RSA-2048 and one Ed25519, made on the same day. A set is kept as one secret.
 * What a key signs is always a hash over some header fields and a
 * DKIM-Signature field that was composed here, so nothing of another protocol
 * can be had from it. Nothing here suspends.
 */
#pragma once
#include <openssl/evp.h>

#include "base/buf.h"
#include "base/err.h"
#include "rt/msg.h"

enum {
	DKIM_KEYS_MAX = 4,	/* of one domain: two while they are replaced */
	DKIM_RECORD_MAX = 16384,
	DKIM_DOMAIN_MAX = 253,
};

/*
 * A set of keys as octets: version (u8: 1), and then for each of them
 */
#define FIELDS_dkim_stored(F, S)                                       \
	F(S, u32, algorithm, 0)		/* enum dkim_algorithm */      \
	F(S, u8, signs, 0)		/* 0: only published */        \
	F(S, str, selector, 63)                                        \
	F(S, str, pkcs8, 4000)
MSG_STRUCT(dkim_stored);
enum dkim_algorithm { DKIM_RSA = 1, DKIM_ED25519 };

struct dkim_key {
	enum dkim_algorithm algorithm;
	bool signs;
	char selector[64];
	EVP_PKEY *key;
};

struct dkim_keys {
	struct dkim_key v[DKIM_KEYS_MAX];
	size_t n;
};

/* A new set, as octets: selectors are "p202611r" and "p202611e", after the
 * month. Takes 0.1 s, now and then a second. */
int dkim_keys_make(OSSL_LIB_CTX *lib, int64_t now, struct buf *record,
    struct err *err);
/* E_INVALID if it is no such set. */
int dkim_keys_read(OSSL_LIB_CTX *lib, struct str record,
    struct dkim_keys *keys, struct err *err);
/* Further references to the same keys. */
void dkim_keys_ref(const struct dkim_keys *keys, struct dkim_keys *to);
void dkim_keys_free(struct dkim_keys *keys);

/* "v=DKIM1; k=rsa; p=...": what is published under the selector.
 * RFC 6376 3.6.1, RFC 8463 4 */
int dkim_public(const struct dkim_key *key, struct buf *out, struct err *err);

/* Lower-case letters, digits, hyphens and dots: what can stand in d=. */
bool dkim_is_domain(struct str name);

struct dkim_signing {
	struct str domain;	/* lower case */
	struct str names;	/* "From:From:To" */
	struct str header;	/* relaxed fields, each with its CRLF */
	struct str body_hash;	/* 32 octets */
	int64_t at;
};

/* Is it something that a signature can be asked for? names are names, From is
 * the first of them and of the fields (RFC 6376 5.4: it must be signed). */
bool dkim_may_sign(const struct dkim_signing *s);
/* Append a whole DKIM-Signature field with its CRLF, lines of at most 78
 * columns. RSA takes about 0.6 ms, Ed25519 0.05 ms. */
int dkim_sign(OSSL_LIB_CTX *lib, const struct dkim_key *key,
    const struct dkim_signing *s, struct buf *field, struct err *err);
