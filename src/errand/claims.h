/*
 * claims.h - what a token says of itself, or its issuer of it: from JSON to
 * fields. Pure.                                       RFC 7519 4.1, 7662 2.2
 */
#pragma once
#include "base/arena.h"
#include "errand/messages.h"
#include "rt/json.h"

/* claim: where the address stands. Slices live in the arena. NULL, or what is
 * wrong with it: a claim that is there is of its type, and no longer than its
 * field. */
const char *claims_read(const json_t *o, struct str claim, struct arena *a,
    struct token_claims *out);
