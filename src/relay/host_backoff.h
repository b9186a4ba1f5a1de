/*
 * host_backoff.h - addresses that could not be reached lately.
 *
 * An address that failed is not dialled for a minute, then two, up to thirty;
 * it is forgotten when it answers. Bounded: a new one replaces the one whose
 * wait ends first.
 */
#pragma once
#include "dns/hosts.h"

struct host_backoff;

struct host_backoff *host_backoff_new(void);
/* Not longer than messages wait for another try anyway; 0: as it is. */
void host_backoff_limits(struct host_backoff *b, uint32_t min_s,
    uint32_t max_s);
void host_backoff_free(struct host_backoff *b); /* NULL is fine */

/* way: by which source or proxy, some number; one that is not reached by one of
 * them may be by another. */
/* Why it failed, if it must not be dialled yet; else empty. The str is good
 * until the next call here. */
struct str host_backoff_why(struct host_backoff *b,
    const struct host_address *a, uint16_t port, uint32_t way,
    int64_t now_ms);
void host_backoff_failed(struct host_backoff *b, const struct host_address *a,
    uint16_t port, uint32_t way, int64_t now_ms, struct str why);
void host_backoff_answered(struct host_backoff *b,
    const struct host_address *a, uint16_t port, uint32_t way);
