/*
 * chunked.h - a body that comes in chunks.                      RFC 9112 7.1
 *
 *	chunked-body = *chunk last-chunk trailer-section CRLF
 *	chunk        = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
 *
 * Pure: octets as they come in, octets of the body out, no copy. Extensions and
 * trailers are looked at and dropped; only CRLF ends a line.
 */
#pragma once
#include "base/str.h"

enum {
	CHUNK_LINE_MAX = 1024,	/* a size and its extensions; a trailer */
	CHUNK_TRAILERS_MAX = 32,
};

enum chunked_at {
	CHUNKED_SIZE,
	CHUNKED_DATA,
	CHUNKED_DATA_END,
	CHUNKED_TRAILER,
	CHUNKED_OVER,
	CHUNKED_BAD,
};
/* Zeros are one that begins. */
struct chunked {
	enum chunked_at at;
	uint64_t left;		/* of this chunk */
	size_t trailers;
	size_t used;		/* of a line that is not whole */
	char line[CHUNK_LINE_MAX];
};

/* Take octets from in, which has at least one: how many were taken, of which
 * *data (may be empty) is of the body. At CHUNKED_OVER and CHUNKED_BAD nothing
 * more is taken. */
must_check size_t chunked_take(struct chunked *c, struct str in,
    struct str *data);
