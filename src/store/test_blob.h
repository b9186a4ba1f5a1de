/*
 * test_blob.h - a text as the roles hand it to store, for tests and benchmarks
 * that have no blob writer.
 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "store/chunk.h"

enum { TEST_BLOBS = 8, TEST_BLOB_MAX = 8 << 20 };

/* Chunks that are stored as they are. Good for the next TEST_BLOBS - 1 calls
 * in this file. */
static inline struct str
test_blob(struct str text)
{
	static struct buf ring[TEST_BLOBS];
	static unsigned next;
	struct buf *b = &ring[next++ % TEST_BLOBS];
	struct str piece;

	b->cap = TEST_BLOB_MAX;
	buf_reset(b);
	while (text.n > 0) {
		piece = str_first(text, BLOB_CHUNK);
		text = str_from(text, piece.n);
		chunk_put_head(b, &(struct chunk){ CODEC_NONE,
		    (uint32_t)piece.n, (uint32_t)piece.n });
		buf_str(b, piece);
	}
	return buf_get(b);
}

/* These octets as if they were n octets of a message, packed. */
static inline void
test_blob_packed(char *octets, size_t n, size_t raw)
{
	auto_buf head = BUF_INIT(CHUNK_HEAD);

	chunk_put_head(&head, &(struct chunk){ CODEC_ZSTD, (uint32_t)raw,
	    (uint32_t)(n - CHUNK_HEAD) });
	memcpy(octets, head.p, CHUNK_HEAD);
}

/* The text of such a blob, in its own memory: how long it is. */
static inline size_t
test_blob_text(char *blob, size_t n)
{
	size_t at = 0, len = 0;
	struct chunk c;

	while (at < n) {
		bug_if(n - at < CHUNK_HEAD ||
		    !chunk_read(str_make(blob + at, CHUNK_HEAD), &c) ||
		    c.codec != CODEC_NONE || c.stored > n - at - CHUNK_HEAD);
		memmove(blob + len, blob + at + CHUNK_HEAD, c.stored);
		at += CHUNK_HEAD + c.stored;
		len += c.stored;
	}
	return len;
}
