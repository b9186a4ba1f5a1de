/*
 * client.h - asking resolver.
 *
 * Like store's client: the connection is replaced when resolver was started
 * anew, and asks under way are asked again until their deadline.
 */
#pragma once
#include "dns/messages.h"
#include "rt/loop.h"

struct dns;

/* fd -1: the connection comes with dns_replace(). Owns fd. */
struct dns *dns_new(struct loop *l, int fd);
void dns_free(struct dns *d); /* NULL is fine */
void dns_replace(struct dns *d, int fd);

/* Suspends. 0 and an answer, whose result says how it went, or E_TIMEOUT,
 * E_PEER, E_CANCELED. Strs live in the arena. */
int dns_lookup(struct dns *d, struct str name, enum dns_type type,
    struct lookup_answer *answer, struct arena *a, int64_t until_ms,
    struct err *err);
