/*
 * issuer_words.h - what issuers of tokens say: keys, places, and what they know
 * of a token. Pure.
 */
#pragma once
#include "errand/claims.h"

/* A JWK Set (RFC 7517 5): struct jwk_row each, in the arena. What is none of
 * our kinds, or is for something else than signatures, is passed over. NULL,
 * or what is wrong. */
const char *issuer_read_keys(struct str text, struct arena *a,
    struct str *rows);

/* OpenID Connect Discovery 4.2, RFC 8414 3.2: where its keys are, an URL in the
 * arena. */
const char *issuer_read_keys_url(struct str text, struct str issuer,
    struct arena *a, struct str *url);

/* RFC 7662 2.2. result and why are the caller's. */
const char *issuer_read_token(struct str text, struct str claim,
    struct arena *a, struct introspect_answer *out);

/* "token=...&token_type_hint=access_token", and a field with the client's name
 * and password.                                   RFC 7662 2.1, RFC 6749 2.3.1
 */
struct str issuer_ask_token(struct str token, struct arena *a);
const char *issuer_authorization(struct str client, struct str secret,
    struct arena *a);
