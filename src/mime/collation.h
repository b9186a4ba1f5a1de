/*
 * collation.h - texts as they are compared by a named rule.         RFC 4790
 *
 * Two texts are equal, one is in the other, or before it, as the octets are
 * that are made of them here.
 */
#pragma once
#include "base/buf.h"

enum collation {
	/* Our own: without case, compatible forms one, and runs of white
	 * space too (fold.h). What the index of words is made of. */
	COLLATION_FOLDED,
	COLLATION_UNICODE,	/* i;unicode-casemap, RFC 5051 */
	COLLATION_ASCII,	/* i;ascii-casemap, RFC 4790 9.2 */
};

/* Append by one of the last two; what is not UTF-8 becomes U+FFFD by the first
 * of them. A text may come in pieces of whole characters. */
void collation_put(enum collation by, struct buf *out, struct str utf8);
