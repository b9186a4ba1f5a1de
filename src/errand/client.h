/*
 * client.h - asking errand.
 *
 * Like store's client: the connection is replaced when errand was started
 * anew, and asks under way are asked again until their deadline.
 */
#pragma once
#include "errand/messages.h"
#include "rt/loop.h"

struct errand;

/* fd -1: the connection comes with errand_replace(). Owns fd. */
struct errand *errand_new(struct loop *l, int fd);
void errand_free(struct errand *e); /* NULL is fine */
void errand_replace(struct errand *e, int fd);

/* Suspends, a minute at the most. 0 and an answer, whose result says how it
 * went, or E_TIMEOUT, E_PEER, E_CANCELED. Strs live in the arena. */
int errand_run(struct errand *e, enum errand_kind kind, struct str about,
    struct errand_answer *answer, struct arena *a, int64_t until_ms,
    struct err *err);
/* Have a message looked at; fd stays the caller's. The same. */
int errand_scan(struct errand *e, const struct scan_ask *ask, int fd,
    struct scan_answer *answer, struct arena *a, int64_t until_ms,
    struct err *err);
/* What an issuer of tokens has; the same. */
int errand_issuer_keys(struct errand *e, struct str issuer,
    struct issuer_keys_answer *answer, struct arena *a, int64_t until_ms,
    struct err *err);
int errand_introspect(struct errand *e, struct str issuer, struct str token,
    struct introspect_answer *answer, struct arena *a, int64_t until_ms,
    struct err *err);
