#include "vault/auth_cache.h"

#include <sodium.h>

#include "base/err.h"

/* A table of small sets: a hash picks the set, within it all are looked at. */
enum { WAYS = 4, SETS = AUTH_CACHE_MAX / WAYS };

struct cached_proof {
	struct proof proof;
	int64_t until_ms;	/* 0: free */
	bool lasts;		/* longer with each use */
};

struct auth_cache {
	uint8_t key[AUTH_CACHE_KEY_LEN];
	struct cached_proof entries[SETS][WAYS];
};

struct auth_cache *
auth_cache_new(const uint8_t key[AUTH_CACHE_KEY_LEN])
{
	struct auth_cache *p = calloc(1, sizeof(*p));

	bug_if(!p);
	memcpy(p->key, key, sizeof(p->key));
	return p;
}

void
auth_cache_free(struct auth_cache *p)
{
	if (p)
		sodium_memzero(p, sizeof(*p));
	free(p);
}

struct proof
proof_of(const struct auth_cache *p, struct str sealed, struct str password)
{
	uint64_t n = sealed.n;	/* no pair reads as another */
	crypto_generichash_state h;
	struct proof out;

	(void)crypto_generichash_init(&h, p->key, sizeof(p->key),
	    sizeof(out.octets));
	(void)crypto_generichash_update(&h, (const uint8_t *)&n, sizeof(n));
	(void)crypto_generichash_update(&h, (const uint8_t *)sealed.p,
	    sealed.n);
	(void)crypto_generichash_update(&h, (const uint8_t *)password.p,
	    password.n);
	(void)crypto_generichash_final(&h, out.octets, sizeof(out.octets));
	sodium_memzero(&h, sizeof(h));
	return out;
}

uint64_t
proof_guess(const struct proof *proof)
{
	uint64_t v;

	memcpy(&v, proof->octets + 8, sizeof(v));
	return v;
}

static struct cached_proof *
set_of(struct auth_cache *p, const struct proof *proof)
{
	uint64_t v;

	memcpy(&v, proof->octets, sizeof(v));
	return p->entries[v % SETS];
}

bool
auth_cache_find(struct auth_cache *p, const struct proof *proof,
    int64_t now_ms)
{
	struct cached_proof *set = set_of(p, proof);

	for (size_t i = 0; i < WAYS; i++) {
		if (now_ms >= set[i].until_ms ||
		    sodium_memcmp(&set[i].proof, proof, sizeof(*proof)) != 0)
			continue;
		if (set[i].lasts)
			set[i].until_ms = now_ms + AUTH_CACHE_MS;
		return true;
	}
	return false;
}

static void
put_proof(struct auth_cache *p, const struct proof *proof, int64_t until_ms,
    bool lasts)
{
	struct cached_proof *set = set_of(p, proof), *to = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (memcmp(&set[i].proof, proof, sizeof(*proof)) == 0) {
			to = &set[i];
			break;
		}
		if (set[i].until_ms < to->until_ms)
			to = &set[i];
	}
	*to = (struct cached_proof){ *proof, until_ms, lasts };
}

void
auth_cache_add(struct auth_cache *p, const struct proof *proof, int64_t now_ms)
{
	put_proof(p, proof, now_ms + AUTH_CACHE_MS, true);
}

void
auth_cache_add_for(struct auth_cache *p, const struct proof *proof,
    int64_t now_ms, int64_t for_ms)
{
	put_proof(p, proof, now_ms + for_ms, false);
}
