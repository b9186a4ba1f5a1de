/*
 * scram.h - what SCRAM keeps of a password, and how it is proven. RFC 5802 3,
 * RFC 7677. Pure.
 *
 * All passwords of an account, its own and its app passwords, have the same
 * salt and count: they are told before it is known which of them was typed
 * (RFC 5802 5: they are the user's). So a proof is tried with the keys of each.
 *
 *   keys = count (u32; 0: none)  salt (16)  StoredKey (32)  ServerKey (32)
 *          of SHA-256,  StoredKey (20)  ServerKey (20) of SHA-1
 */
#pragma once
#include "base/buf.h"
#include "base/rd.h"
#include "vault/seal.h"

enum scram_hash { SCRAM_SHA_256, SCRAM_SHA_1, SCRAM_HASHES };
enum {
	SCRAM_SALT_LEN = 16,
	SCRAM_KEY_MAX = 32,
	SCRAM_COUNT = 10000,	/* RFC 7677 4: 4096 or more */
	SCRAM_KEYS_LEN = 4 + SCRAM_SALT_LEN + 2 * 32 + 2 * 20,
};

struct scram_pair {
	bool there;
	uint8_t stored[SCRAM_KEY_MAX], server[SCRAM_KEY_MAX];
};
struct scram_keys {
	uint32_t count;
	uint8_t salt[SCRAM_SALT_LEN];
	struct scram_pair of[SCRAM_HASHES];
};

/* Octets of its keys, its proofs and its signatures. */
size_t scram_hash_len(enum scram_hash hash);
/* Of "SCRAM-SHA-256", "SCRAM-SHA-1", or either with "-PLUS". */
must_check bool scram_hash_named(struct str mechanism, enum scram_hash *hash);

/* The salt of an address: of an account's, and where there is no account. Only
 * who has the key knows it beforehand. */
void scram_salt_of(const struct seal_key *key, struct str lower_address,
    uint8_t salt[SCRAM_SALT_LEN]);

/* Of this password, in the form SASLprep gives it; salt and count are there.
 * Some 8 ms. False without memory. */
must_check bool scram_keys_make(struct str password, struct scram_keys *k);
void scram_keys_put(const struct scram_keys *k, struct buf *b);
/* The cursor fails if there are none. */
void scram_keys_take(struct rd *r, struct scram_keys *k);

/* Does the proof go with these keys? Takes as long for every proof and all
 * keys, those that are not there too. signature is for who proved it; its
 * octets are scram_hash_len(). */
must_check bool scram_prove(const struct scram_keys *k, enum scram_hash hash,
    struct str auth_message, struct str proof,
    uint8_t signature[SCRAM_KEY_MAX]);
