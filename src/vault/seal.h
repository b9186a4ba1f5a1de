/*
 * seal.h - secrets as they may leave vault: only it can open them again.
 *
 *   sealed = version (u8: 1)  nonce (24 random octets)  XChaCha20-Poly1305
 *            of the secret, with tag (16)
 *
 * Associated data: version, kind and name. So store cannot pass one account's
 * credential for another's, nor a key for a credential.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum { SEAL_KEY_LEN = 32, SEAL_NONCE_LEN = 24, SEAL_OVERHEAD = 1 + 24 + 16 };

struct seal_key {
	uint8_t octets[SEAL_KEY_LEN];
};

/* Read FOLDER/vault.key; make it (0600, synced, as is its folder) if there is
 * none: *made says so. E_INVALID, saying why, if others can read it or its size
 * is wrong: a damaged key must not be replaced in silence, it opens everything.
 * Blocks. */
int seal_key_open(const char *folder, struct seal_key *key, bool *made,
    struct err *err);

/* What a secret is: a constant of ours, and whose ("alice@example.test"). */
struct seal_what {
	struct str kind, name;
};

/* Append the sealed form. nonce: random, never used before. */
void seal_put(const struct seal_key *key, struct seal_what what,
    const uint8_t nonce[SEAL_NONCE_LEN], struct str secret, struct buf *out);
/* E_INVALID if it is not exactly what was sealed under this key, kind and
 * name. *secret lives in the arena. */
int seal_open(const struct seal_key *key, struct seal_what what,
    struct str sealed, struct arena *a, struct str *secret, struct err *err);

/* A key for something else than seals, made of this one. */
void seal_derive(const struct seal_key *key, struct str what,
    uint8_t derived[SEAL_KEY_LEN]);
