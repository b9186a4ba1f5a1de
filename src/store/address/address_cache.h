/*
 * address_cache.h - addresses that were looked up lately.
 *
 * RCPT asks for the same people again and again, and every commit makes
 * SQLite forget the pages it knew. An entry is good for one version of the
 * directory. Bounded; any thread.
 */
#pragma once
#include "store/address/address.h"

struct address_cache;

struct address_cache *address_cache_new(void);
void address_cache_free(struct address_cache *k); /* NULL is fine */

struct cached_address {
	enum address_kind kind;
	uint64_t account;	/* of ADDRESS_ACCOUNT */
	bool leaves;		/* an alias that leads elsewhere, too */
	bool reports;		/* its account only gets what is no report */
};
bool address_cache_get(struct address_cache *k, uint64_t version,
    struct str address, struct cached_address *a);
void address_cache_put(struct address_cache *k, uint64_t version,
    struct str address, const struct cached_address *a);
