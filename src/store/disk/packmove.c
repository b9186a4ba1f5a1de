/*
 * packmove.c - records that go from a pack to the present one, as they are.
 */
#include "base/crc32c.h"
#include "store/disk/pack_int.h"

/* A place whose blob is not known yet. */
static int
read_header(struct packs *p, const struct place *there, struct record *r,
    struct err *err)
{
	char header[RECORD_HEADER];
	struct record_reader x;
	int rc = record_open(&x, p, there, err);

	if (rc < 0)
		return rc;
	rc = record_octets(&x, 0, header, sizeof(header));
	record_close(&x);
	if (rc == 0 && !record_parse(header, r))
		rc = err_set(err, E_DAMAGED, "no record is there");
	return rc;
}

int
packs_look(struct packs *p, uint64_t pack, uint64_t at, uint64_t end,
    struct place *out, struct err *err)
{
	struct place there = { .pack = pack, .at = at };
	struct record r;
	int rc = read_header(p, &there, &r, err);

	if (rc < 0)
		return rc;
	there.blob = r.blob;
	there.length = r.length;
	there.facts = r.rest;
	there.crc = r.crc;
	there.front = r.front;
	if (r.length > end - at || place_octets(&there) > end - at)
		return err_set(err, E_DAMAGED, "a record is longer than its "
		    "pack");
	*out = there;
	return 0;
}

int
record_take(struct record_reader *x, struct buf *room)
{
	size_t n = (size_t)(x->at->length + x->at->facts);
	char *all;
	int rc;

	buf_reset(room);
	all = buf_room(room, RECORD_HEADER + n);
	if (!all)
		return record_damaged(x, "it cannot be so long");
	rc = record_octets(x, 0, all, RECORD_HEADER + n);
	if (rc == 0)
		rc = record_is_it(x, all);
	if (rc == 0 && crc32c(0, all + RECORD_HEADER, n) != x->r.crc)
		rc = record_damaged(x, "its checksum is another");
	if (rc == 0)
		buf_added(room, RECORD_HEADER + n);
	return rc;
}

int
packs_read_record(struct packs *p, const struct place *at, struct buf *room,
    struct err *err)
{
	struct record_reader x;
	int rc = record_open(&x, p, at, err);

	if (rc < 0)
		return rc;
	rc = record_take(&x, room);
	record_close(&x);
	return rc;
}
