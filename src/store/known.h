/*
 * known.h - addresses that were looked up lately.
 *
 * RCPT asks for the same people again and again, and every commit makes
 * SQLite forget the pages it knew. An entry is good for one version of the
 * directory. Bounded; one thread.
 */
#pragma once
#include "store/address.h"

struct known;

struct known *known_new(void);
void known_free(struct known *k); /* NULL is fine */

struct known_address {
	enum address_kind kind;
	uint64_t account;	/* of ADDRESS_ACCOUNT */
};
bool known_get(const struct known *k, uint64_t version, struct str address,
    struct known_address *a);
void known_put(struct known *k, uint64_t version, struct str address,
    const struct known_address *a);
