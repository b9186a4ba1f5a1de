/*
 * dead.h - addresses that could not be reached lately.
 *
 * An address that failed is left alone for a minute, then two, up to thirty;
 * it is forgotten when it answers. Bounded: new ones push out those that are
 * over first.
 */
#pragma once
#include "dns/hosts.h"

struct dead;

struct dead *dead_new(void);
/* Not longer than messages wait for another try anyway; 0: as it is. */
void dead_limits(struct dead *d, uint32_t min_s, uint32_t max_s);
void dead_free(struct dead *d); /* NULL is fine */

/* Is it to be left alone now? Why it failed, or empty. The str is good until
 * the next call here. */
struct str dead_why(struct dead *d, const struct host_address *a,
    uint16_t port, int64_t now_ms);
void dead_failed(struct dead *d, const struct host_address *a, uint16_t port,
    int64_t now_ms, struct str why);
void dead_answered(struct dead *d, const struct host_address *a,
    uint16_t port);
