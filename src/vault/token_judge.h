/*
 * token_judge.h - does what an issuer says let somebody in here, and whom?
 * Pure.                                            RFC 7519 4.1, RFC 9068 4
 */
#pragma once
#include "base/arena.h"
#include "errand/messages.h"
#include "rt/config.h"

enum { TOKEN_LEEWAY_S = 60 };	/* by which clocks may differ */

/* signed_by_it: the token itself says so, and has to say all; else the issuer
 * was asked about it. NULL and *address, in the arena, in lower case; else why
 * not, in words. */
const char *token_judge(const struct token_claims *c,
    const struct oauth_conf *issuer, bool signed_by_it, int64_t now_s,
    struct arena *a, struct str *address);

/* Is it one of these words? Spaces or LFs between. */
bool token_has_word(struct str words, struct str word);
/* May this issuer say who has addresses of this domain? */
bool token_domain_fits(const struct oauth_conf *issuer, struct str domain);
