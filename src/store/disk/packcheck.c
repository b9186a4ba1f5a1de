/*
 * packcheck.c - a record compared with its checksums, for those who do not want
 * its octets.
 */
#include <stdlib.h>

#include "base/crc32c.h"
#include "store/chunk.h"
#include "store/disk/pack_int.h"

enum { PIECE = 128 * 1024 };

/* Piece by piece. */
int
record_check(struct record_reader *x, uint64_t *raw)
{
	uint64_t length = x->at->length, left = length + x->at->facts;
	struct chunk_sum chunks = { 0 };
	char *piece = malloc(PIECE);
	uint64_t done = 0;
	uint32_t crc = 0;
	int rc = 0;

	bug_if(!piece);
	while (rc == 0 && left > 0) {
		size_t n = left < PIECE ? (size_t)left : PIECE;

		rc = record_octets(x, RECORD_HEADER + done, piece, n);
		if (rc < 0)
			break;
		crc = crc32c(crc, piece, n);
		if (done < length)
			chunk_sum_add(&chunks, str_first(str_make(piece, n),
			    (size_t)(length - done < n ? length - done : n)));
		done += n;
		left -= n;
	}
	free(piece);
	if (rc == 0 && crc != x->r.crc)
		rc = record_damaged(x, "its checksum is another");
	if (rc == 0 && !chunk_sum_is_whole(&chunks))
		rc = record_damaged(x, "its chunks make no sense");
	if (rc == 0)
		*raw = chunks.raw;
	return rc;
}

static int
open_checked(struct record_reader *x, struct packs *p, const struct place *at,
    struct err *err)
{
	char header[RECORD_HEADER];
	int rc = record_open(x, p, at, err);

	if (rc < 0)
		return rc;
	rc = record_octets(x, 0, header, sizeof(header));
	if (rc == 0)
		rc = record_is_it(x, header);
	if (rc < 0)
		record_close(x);
	return rc;
}

int
packs_check(struct packs *p, const struct place *at, uint64_t *raw,
    struct err *err)
{
	struct record_reader x;
	int rc = open_checked(&x, p, at, err);

	if (rc < 0)
		return rc;
	rc = record_check(&x, raw);
	record_close(&x);
	return rc;
}

int
packs_check_part(struct packs *p, const struct place *at, uint64_t from,
    uint64_t n, uint64_t *checked, struct err *err)
{
	auto_buf room = BUF_INIT(PIECE + RECORD_ROOM);
	struct record_reader x;
	struct str octets;
	uint64_t end, raw;
	int rc;

	*checked = at->length;
	if (from >= at->length)
		return 0;
	end = n < at->length - from ? from + n : at->length;
	rc = open_checked(&x, p, at, err);
	if (rc < 0)
		return rc;
	record_close(&x);
	if (x.r.sums == 0)
		return packs_check(p, at, &raw, err);
	for (; rc == 0 && from < end; from += octets.n)
		rc = packs_read(p, at, from, (size_t)(end - from < PIECE ?
		    end - from : PIECE), &room, &octets, err);
	*checked = from;
	return rc;
}

static int
add_chunks(struct record_reader *x, uint64_t *raw)
{
	uint64_t at = 0, length = x->at->length, sum = 0;
	char head[CHUNK_HEAD];
	struct chunk c;
	int rc = 0;

	while (rc == 0 && at < length) {
		if (length - at < CHUNK_HEAD)
			return record_damaged(x, "its chunks make no sense");
		rc = record_octets(x, RECORD_HEADER + at, head, CHUNK_HEAD);
		if (rc == 0 && (!chunk_read(str_make(head, CHUNK_HEAD), &c) ||
		    c.stored > length - at - CHUNK_HEAD))
			rc = record_damaged(x, "its chunks make no sense");
		if (rc < 0)
			return rc;
		at += CHUNK_HEAD + c.stored;
		sum += c.raw;
	}
	if (rc == 0)
		*raw = sum;
	return rc;
}

int
packs_raw_size(struct packs *p, const struct place *at, uint64_t *raw,
    struct err *err)
{
	struct record_reader x;
	int rc = record_open(&x, p, at, err);

	if (rc < 0)
		return rc;
	rc = add_chunks(&x, raw);
	record_close(&x);
	return rc;
}
