/*
 * proofs.h - passwords proven a moment ago, so that the next login costs
 * microseconds and not 12 ms. Pure but for its memory.
 *
 * Kept is a keyed hash (BLAKE2b under a key made at every start of vault) of
 * the sealed credential and the password. A credential set anew is sealed anew,
 * so what was proven under the old one never matches again.
 */
#pragma once
#include "base/str.h"

enum { PROOFS_KEY_LEN = 32, PROOFS_MAX = 4096, PROOFS_MS = 10 * 60 * 1000 };

struct proofs;
struct proof {
	uint8_t octets[32];
};

struct proofs *proofs_new(const uint8_t key[PROOFS_KEY_LEN]);
void proofs_free(struct proofs *p); /* NULL is fine */

struct proof proof_of(const struct proofs *p, struct str sealed,
    struct str password);
/* A number for "the same guess again"; tells nothing of the password. */
uint64_t proof_guess(const struct proof *proof);

enum proven {
	PROVEN_NOT,
	PROVEN,			/* within the last PROOFS_MS */
	PROVEN_BY_PEER,		/* and it was this very peer */
};
enum proven proofs_find(struct proofs *p, const struct proof *proof,
    struct str peer, int64_t now_ms);
/* It was proven just now the long way. The oldest beside it may go. */
void proofs_add(struct proofs *p, const struct proof *proof, struct str peer,
    int64_t now_ms);
