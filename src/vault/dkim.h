/*
 * dkim.h - keys that sign mail, and the one thing that is signed with them.
 *                                            RFC 6376, RFC 8301, RFC 8463
 *
 * A domain has a small set of keys, each with a selector of its own: of
 * RSA-2048 and of Ed25519 one that signs and one in reserve, and those that
 * have signed (dkim_state.h). A set is kept as one secret, so it changes whole
 * or not at all. What a key signs is always a hash over some header fields and
 * a DKIM-Signature field that was composed here, so nothing of another protocol
 * can be had from it. Nothing here suspends.
 */
#pragma once
#include <openssl/evp.h>

#include "base/buf.h"
#include "base/err.h"
#include "rt/msg.h"
#include "vault/dkim_state.h"

enum {
	DKIM_KEYS_MAX = 12,	/* of one domain: eight that have signed */
	DKIM_RECORD_MAX = 16384,
	DKIM_DOMAIN_MAX = 253,
};

/*
 * A set of keys as octets: version (u8: 2), and then for each of them what
 * follows; key is PKCS #8, or SubjectPublicKeyInfo of one that has signed.
 * Version 1, which is read still, ended with the key, and it was PKCS #8: there
 * were only keys that sign.
 */
#define FIELDS_dkim_stored_1(F, S)                                     \
	F(S, u32, algorithm, 0)		/* enum dkim_algorithm */      \
	F(S, u8, state, 0)		/* enum dkim_state */          \
	F(S, str, selector, 63)                                        \
	F(S, str, key, 4000)
#define FIELDS_dkim_stored(F, S)                                       \
	FIELDS_dkim_stored_1(F, S)                                     \
	F(S, i64, since, 0) F(S, i64, until, 0)
MSG_STRUCT(dkim_stored_1);
MSG_STRUCT(dkim_stored);
enum dkim_algorithm { DKIM_RSA = 1, DKIM_ED25519 };

struct dkim_key {
	enum dkim_algorithm algorithm;
	enum dkim_state state;
	char selector[64];
	EVP_PKEY *key;
	int64_t since;		/* it is in this state; 0: nobody knows */
	int64_t until;		/* of one that has signed: published so long */
};

struct dkim_keys {
	struct dkim_key v[DKIM_KEYS_MAX];
	size_t n;
};

/* Make what is missing: a key that signs and one in reserve of each algorithm.
 * 1 if there was anything, else 0. Selectors are "p20261130r-5f3a9c1e" (and
 * "e"): after the day and the key itself, so that none comes again. Takes 0.1 s
 * a key, now and then a second. */
int dkim_keys_fill(OSSL_LIB_CTX *lib, int64_t now, struct dkim_keys *keys,
    struct err *err);
/* Is nothing missing? */
bool dkim_keys_are_complete(const struct dkim_keys *keys);
/* The reserve of this selector signs from now on, and has a new one behind it.
 * What signed until now is only published, until then; if revoked, neither it
 * nor those before it. What need not be published any more is forgotten. 1; 0
 * if it signs already; E_NOTFOUND, E_INVALID if it has signed; E_LIMIT: too
 * many that have are published still. As long as above; after an error the keys
 * are good for nothing but to be freed. */
int dkim_keys_rotate(OSSL_LIB_CTX *lib, struct dkim_keys *keys,
    struct str selector, bool revoke, int64_t now, int64_t until,
    struct err *err);
/* The set as octets. */
int dkim_keys_put(const struct dkim_keys *keys, struct buf *record,
    struct err *err);
/* E_INVALID if it is no such set. */
int dkim_keys_read(OSSL_LIB_CTX *lib, struct str record,
    struct dkim_keys *keys, struct err *err);
/* The one of this algorithm and state, or NULL. */
const struct dkim_key *dkim_keys_find(const struct dkim_keys *keys,
    enum dkim_algorithm algorithm, enum dkim_state state);
/* Further references to the same keys. */
void dkim_keys_ref(const struct dkim_keys *keys, struct dkim_keys *to);
void dkim_keys_free(struct dkim_keys *keys);

/* "rsa" or "ed25519", as k= says it.                      RFC 8463 4.1 */
struct str dkim_algorithm_name(enum dkim_algorithm algorithm);
/* "v=DKIM1; k=rsa; p=...": what is published under the selector; of one that
 * was revoked "v=DKIM1; p=".                   RFC 6376 3.6.1, RFC 8463 4 */
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
