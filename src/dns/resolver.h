/*
 * resolver.h - looking names up with libunbound, on our loop, without a
 * thread.
 */
#pragma once
#include "dns/messages.h"
#include "rt/loop.h"

enum {
	LOOKUP_MS = 20000,	/* then the answer is DNS_FAILED */
	LOOKUPS_MAX = 2048,	/* under way at once */
};

struct resolver;

/* settings is the text of settings.h. All files are read when this returns;
 * no socket is open yet. */
struct resolver *resolver_new(struct loop *l, struct str settings,
    struct err *err);
/* Answers what is under way. NULL is fine. */
void resolver_free(struct resolver *r);

/* Calls fn exactly once, maybe before it returns. The answer's strs live
 * until fn returns. fn must not suspend, nor ask for another. */
typedef void resolver_fn(void *arg, const struct lookup_answer *answer);
void resolver_lookup(struct resolver *r, const struct lookup_ask *ask,
    resolver_fn *fn, void *arg);
