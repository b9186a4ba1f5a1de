/*
 * fetch.h - one GET or POST by HTTPS, or a POST to a server of the operator's,
 * by libcurl on our own loop.
 *
 * libcurl gets the addresses and asks no DNS; it makes no thread, follows
 * nothing, remembers nothing and sends what the plan says. Sockets are made
 * here, after another look at where they go.
 */
#pragma once
#include "dns/hosts.h"
#include "errand/table.h"

struct fetcher;

struct fetch_options {
	struct loop *loop;
	struct str roots;	/* PEM */
	bool private;		/* private addresses are reached, too */
};

/* Before the sandbox closes. NULL: why it cannot be is in *err. */
struct fetcher *fetcher_new(const struct fetch_options *o, struct err *err);
void fetcher_free(struct fetcher *f); /* NULL is fine; nothing is under way */

/* Suspends. 0 and the answer, its strs in the arena, or E_CANCELED. */
int fetch(struct fetcher *f, const struct errand_plan *plan,
    const struct host *host, struct errand_answer *out, struct arena *a,
    int64_t until_ms);
