/*
 * issuer.h - issuers of tokens are asked for their keys, and about tokens.
 */
#pragma once
#include "errand/fetch.h"
#include "rt/config.h"

/* By what errand goes out. */
struct way_out {
	struct loop *loop;
	struct dns *dns;
	struct fetcher *fetcher;
	const struct config *conf;
};

/* Find its host, and fetch it. Suspends. 0 and an answer, its strs in the
 * arena, or E_CANCELED. */
int way_out_go(const struct way_out *w, const struct errand_plan *plan,
    struct errand_answer *out, struct arena *a, int64_t until_ms);

/* The same. */
int issuer_fetch_keys(const struct way_out *w,
    const struct issuer_keys_ask *ask, struct issuer_keys_answer *out,
    struct arena *a, int64_t until_ms);
int issuer_introspect(const struct way_out *w,
    const struct introspect_ask *ask, struct introspect_answer *out,
    struct arena *a, int64_t until_ms);
