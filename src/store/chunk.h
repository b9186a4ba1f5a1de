/*
 * chunk.h - what a blob is made of.
 *
 * A row of chunks, each at most 128 KiB of the message, compressed on its own:
 *
 *   chunk = codec (u8: 0 as it is, 1 zstd)  reserved (3 octets, 0)
 *           raw length (u32)  stored length (u32)  stored octets
 *
 * The roles pack and unpack them. Store does neither: it reads heads only, to
 * know how long a message is instead of believing what it is told.
 */
#pragma once
#include "base/buf.h"

enum { BLOB_CHUNK = 128 * 1024, CHUNK_HEAD = 12 };
enum chunk_codec { CODEC_NONE, CODEC_ZSTD, CODECS };

struct chunk {
	uint32_t codec, raw, stored;
};

void chunk_put_head(struct buf *b, const struct chunk *c);
/* Of at least CHUNK_HEAD octets; false: no head looks like that. */
bool chunk_read(struct str head, struct chunk *c);

/* Adds up a blob that comes in pieces; zeros are the beginning. */
struct chunk_sum {
	uint64_t raw;		/* octets of the message so far */
	uint32_t skip;		/* stored octets until the next head */
	uint32_t have;		/* octets of the head that are here */
	char head[CHUNK_HEAD];
	bool wrong;
};
void chunk_sum_add(struct chunk_sum *s, struct str octets);
/* Is what came a row of whole chunks? Then raw is the message's length. */
bool chunk_sum_is_whole(const struct chunk_sum *s);
