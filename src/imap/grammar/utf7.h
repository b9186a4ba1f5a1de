/*
 * utf7.h - mailbox names in modified UTF-7.               RFC 3501 5.1.3
 *
 * One name has exactly one encoding: decoding refuses every other (printable
 * ASCII in BASE64, shifts that are not needed, stray bits, half surrogates),
 * so two names never look different and mean the same.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

/* To UTF-8. *out points into the arena, or is `in` if nothing is encoded. */
must_check bool utf7_decode(struct str in, struct arena *a, struct str *out);

/* From valid UTF-8; anything else is a bug of the caller. */
void utf7_put(struct buf *b, struct str utf8);
