/*
 * cram_grammar.h - what a client answers to the challenge of CRAM-MD5. Pure.
 *                                                           RFC 2195 2
 */
#pragma once
#include "base/str.h"

enum { CRAM_DIGEST = 16, CRAM_USER_MAX = 320 };

/* response = user SP digest, which is 32 small digits of hex. user points into
 * it and is UTF-8 without NUL. */
must_check bool cram_read(struct str response, struct str *user,
    uint8_t digest[CRAM_DIGEST]);
