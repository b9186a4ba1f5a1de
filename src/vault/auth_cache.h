/*
 * auth_cache.h - passwords proven a moment ago, so that the next login costs
 * microseconds and not 12 ms. Pure but for its memory.
 *
 * Kept is a keyed hash (BLAKE2b under a key made at every start of vault) of
 * the sealed credential and the password. A credential set anew is sealed anew,
 * so what was proven under the old one never matches again.
 */
#pragma once
#include "base/str.h"

enum {
	AUTH_CACHE_KEY_LEN = 32,
	AUTH_CACHE_MAX = 4096,
	AUTH_CACHE_MS = 10 * 60 * 1000,
};

struct auth_cache;
struct proof {
	uint8_t octets[32];
};

struct auth_cache *auth_cache_new(const uint8_t key[AUTH_CACHE_KEY_LEN]);
void auth_cache_free(struct auth_cache *p); /* NULL is fine */

struct proof proof_of(const struct auth_cache *p, struct str sealed,
    struct str password);
/* A number for "the same guess again"; tells nothing of the password. */
uint64_t proof_guess(const struct proof *proof);

/* It was proven within AUTH_CACHE_MS, which begin again with each use; or
 * within the time it was added for, which does not. */
bool auth_cache_find(struct auth_cache *p, const struct proof *proof,
    int64_t now_ms);
/* It was proven just now the long way. The oldest beside it may go. */
void auth_cache_add(struct auth_cache *p, const struct proof *proof,
    int64_t now_ms);
/* The same, good for so long and no longer: of a password that may be changed
 * elsewhere. */
void auth_cache_add_for(struct auth_cache *p, const struct proof *proof,
    int64_t now_ms, int64_t for_ms);
