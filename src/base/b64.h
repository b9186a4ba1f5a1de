/*
 * b64.h - Base64 as RFC 4648 4 has it: one alphabet, padding, nothing else.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

void b64_put(struct buf *b, struct str octets);

/* Strict: right length, right padding, zero bits behind the last octet, no
 * other character. *out lives in the arena. */
must_check bool b64_decode(struct str text, struct arena *a, struct str *out);

/* The same of the alphabet for URLs, without padding. RFC 4648 5, RFC 7515 2 */
must_check bool b64url_decode(struct str text, struct arena *a,
    struct str *out);
