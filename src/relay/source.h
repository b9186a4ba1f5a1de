/*
 * source.h - which addresses of ours a message may leave from.
 *
 * Pure: the pools of the configuration in. The route's own words go first: its
 * pool, or its source. Then the pool that has the sender's address among its
 * senders, then the one that has its domain; then the source of all.
 */
#pragma once
#include "relay/route.h"

enum { SOURCES_MAX = POOL_SOURCES_MAX };

struct source {
	struct str address;	/* empty: as the system likes */
	struct str hello;	/* who we are then; empty: hostname */
};

/* The pool of this sender's mail on that route. False: there is none. */
bool source_pool(const struct config *c, const struct route *r,
    struct str sender, struct pool_conf *out);
/* Its addresses of IPv6, or of IPv4, in the order of the configuration. */
size_t source_list(const struct pool_conf *p, bool v6,
    struct source out[SOURCES_MAX]);
