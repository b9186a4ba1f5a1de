#include "store/address/address_cache.h"

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
	struct cache_entry entry[ENTRIES];
};

struct address_cache *
address_cache_new(void)
{
	struct address_cache *k = calloc(1, sizeof(*k));

	bug_if(!k);
	return k;
}

void
address_cache_free(struct address_cache *k)
{
	free(k);
}

static size_t
place_of(struct str address)
{
	return crc32c(0, address.p, address.n) % ENTRIES;
}

bool
address_cache_get(const struct address_cache *k, uint64_t version,
    struct str address, struct cached_address *a)
{
	const struct cache_entry *e = &k->entry[place_of(address)];

	if (e->version != version ||
	    !str_eq(str_make(e->address, e->n), address))
		return false;
	*a = e->a;
	return true;
}

void
address_cache_put(struct address_cache *k, uint64_t version, struct str address,
    const struct cached_address *a)
{
	struct cache_entry *e = &k->entry[place_of(address)];

	if (address.n == 0 || address.n > ADDRESS_MAX)
		return;
	e->version = version;
	e->a = *a;
	e->n = (uint8_t)address.n;
	memcpy(e->address, address.p, address.n);
}
