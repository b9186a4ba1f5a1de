/*
 * decode.h - content transfer encodings, as far as they can be read.
 *
 * Internal to mime/. Lenient and bounded by out's cap: for showing and
 * comparing text, never for handing on what somebody signed.
 */
#pragma once
#include "base/buf.h"

/* RFC 2045 6.8; other characters are skipped, "=" ends it. */
void decode_base64(struct buf *out, struct str text);
/* The same for text that comes in pieces; zeros are the beginning. */
struct base64 {
	uint32_t v;
	unsigned bits;
	bool over;
};
void decode_base64_more(struct base64 *b, struct buf *out, struct str text);

/* RFC 2045 6.7; "=" that begins no escape stands for itself. With `q` it is
 * the Q encoding of RFC 2047 4.2: "_" is a space. */
void decode_qp(struct buf *out, struct str text, bool q);

/* RFC 3986 2.1, as RFC 2231 4 uses it. */
void decode_percent(struct buf *out, struct str text);
