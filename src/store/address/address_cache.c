#include "store/address/address_cache.h"

#include <pthread.h>

#include "base/err.h"
#include "base/crc32c.h"

enum { ENTRIES = 1024, ADDRESS_MAX = 80 };

/* Where an address may stand is settled by its sum: a newer one takes the
 * place. Longer ones are looked up every time. */
struct cache_entry {
	uint64_t version; /* 0: empty */
	struct cached_address a;
	uint8_t n;
	char address[ADDRESS_MAX];
};
struct address_cache {
	pthread_mutex_t lock;
	struct cache_entry entry[ENTRIES];
};

struct address_cache *
address_cache_new(void)
{
	struct address_cache *k = calloc(1, sizeof(*k));

	bug_if(!k || pthread_mutex_init(&k->lock, NULL) != 0);
	return k;
}

void
address_cache_free(struct address_cache *k)
{
	if (k)
		(void)pthread_mutex_destroy(&k->lock);
	free(k);
}

static size_t
place_of(struct str address)
{
	return crc32c(0, address.p, address.n) % ENTRIES;
}

bool
address_cache_get(struct address_cache *k, uint64_t version,
    struct str address, struct cached_address *a)
{
	const struct cache_entry *e = &k->entry[place_of(address)];
	bool is;

	(void)pthread_mutex_lock(&k->lock);
	is = e->version == version &&
	    str_eq(str_make(e->address, e->n), address);
	if (is)
		*a = e->a;
	(void)pthread_mutex_unlock(&k->lock);
	return is;
}

void
address_cache_put(struct address_cache *k, uint64_t version, struct str address,
    const struct cached_address *a)
{
	struct cache_entry *e = &k->entry[place_of(address)];

	if (address.n == 0 || address.n > ADDRESS_MAX)
		return;
	(void)pthread_mutex_lock(&k->lock);
	e->version = version;
	e->a = *a;
	e->n = (uint8_t)address.n;
	memcpy(e->address, address.p, address.n);
	(void)pthread_mutex_unlock(&k->lock);
}
