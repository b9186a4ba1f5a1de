#include "vault/handshakes.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/err.h"

/* A ring: the next to be written is the oldest. */
struct handshakes {
	struct {
		uint8_t hash[HANDSHAKE_HASH];
		uint32_t key;
		int64_t until_ms;	/* 0: free */
	} ring[HANDSHAKES_MAX];
	size_t next;
};

struct handshakes *
handshakes_new(void)
{
	struct handshakes *h = calloc(1, sizeof(*h));

	bug_if(!h);
	return h;
}

void
handshakes_free(struct handshakes *h)
{
	free(h);
}

/* Each by its own, so that neither ends where the other begins. */
static void
hash_of(struct str octets, struct str signature, uint8_t hash[HANDSHAKE_HASH])
{
	uint8_t both[2 * HANDSHAKE_HASH];

	(void)crypto_generichash(both, HANDSHAKE_HASH,
	    (const uint8_t *)octets.p, octets.n, NULL, 0);
	(void)crypto_generichash(both + HANDSHAKE_HASH, HANDSHAKE_HASH,
	    (const uint8_t *)signature.p, signature.n, NULL, 0);
	(void)crypto_generichash(hash, HANDSHAKE_HASH, both, sizeof(both),
	    NULL, 0);
}

void
handshakes_add(struct handshakes *h, struct str octets, struct str signature,
    uint32_t key, int64_t now_ms)
{
	size_t at = h->next;

	h->next = (at + 1) % HANDSHAKES_MAX;
	hash_of(octets, signature, h->ring[at].hash);
	h->ring[at].key = key;
	h->ring[at].until_ms = now_ms + HANDSHAKE_MS;
}

bool
handshakes_take(struct handshakes *h, struct str octets, struct str signature,
    int64_t now_ms, uint32_t *key)
{
	uint8_t hash[HANDSHAKE_HASH];

	hash_of(octets, signature, hash);
	for (size_t i = 0; i < HANDSHAKES_MAX; i++) {
		int64_t until_ms = h->ring[i].until_ms;

		if (until_ms == 0 ||
		    memcmp(h->ring[i].hash, hash, sizeof(hash)) != 0)
			continue;
		*key = h->ring[i].key;
		h->ring[i].until_ms = 0;
		return now_ms < until_ms;
	}
	return false;
}
