/*
 * record.h - what a blob looks like in a pack, or in a file of its own.
 *
 *    0 magic u32      4 format u32 (2)   8 blob u64   16 length u64
 *   24 rest u32      28 crc32c u32 of all that lies behind the header
 *   32 account u64   40 front u16  42 flags u16   44 crc32c u32 of 0..43
 *   48 octets (length of them), then `rest` octets: facts, front, sums; zeros
 *      up to a multiple of 8
 *
 * What is read of a record is compared with a checksum before anybody gets it.
 * One of up to 32 KiB is always read whole, with the checksum of its header. A
 * longer one has the flag 1 and sums: the crc32c (u32) of each 4 KiB of octets,
 * facts and front, so that a part of it is read without the rest. The blob's
 * own chunks would do for its octets; these cover facts and front as well, and
 * store need not understand what it keeps.
 *
 * account is whose message it was at first, 0 if nobody's here: for who finds
 * a record that no database names any more. The flag 2 says that it is the
 * first of its commit: behind it there is another one only if that commit was
 * made (packs_unknown()).
 *
 * Format 1 had zeros from 32 to 43, no sums, and did not say how much of the
 * rest is front. Such a record is compared when it is read whole.
 */
#pragma once
#include "base/vec.h"
#include "store/disk/pack.h"

enum {
	SUM_OCTETS = 4096,
	RECORD_SMALL = 32 * 1024,	/* read whole, without sums */
	RECORD_SUMS = 1, RECORD_FIRST = 2,	/* flags */
};

struct record {
	uint64_t blob, length, account;
	uint32_t rest, crc, front;	/* front: of format 2 */
	uint32_t sums;			/* octets of them, 0 if none */
	uint32_t format;
	bool first;
};

/* A record of b, whose own octets are `length` with this checksum: r and its
 * place are as they will be but for crc, which record_end() adds, with the
 * header. */
struct place record_begin(struct record *r, const struct blob_parts *b,
    uint64_t length, uint32_t crc);
void record_end(char out[RECORD_HEADER], struct record *r, struct str sums,
    struct place *at);
/* The header as it stands, but for that flag. */
void record_mark(char header[RECORD_HEADER], bool first);
/* false: this is the header of no record. */
bool record_parse(const char octets[RECORD_HEADER], struct record *r);

/* The sums of a body that comes in pieces; zeros are the beginning. */
struct sums {
	struct VEC(uint32_t) done;	/* as they are stored */
	uint32_t crc, fill;		/* of the last one */
};
void sums_add(struct sums *s, struct str octets);
/* Facts and front behind the octets that were added, and no more: the table,
 * good until the next call. */
struct str sums_of_rest(struct sums *s, const struct blob_parts *b);
void sums_free(struct sums *s);
