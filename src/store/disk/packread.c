#include <endian.h>
#include <errno.h>

#include "base/crc32c.h"
#include "store/disk/pack_int.h"

/* The descriptor of a place's file, or a free one to open it in. */
static struct open_pack *
slot_of(struct packs *p, uint64_t pack, uint64_t blob)
{
	struct open_pack *best = NULL, *o;
	size_t i;

	for (i = 0; i < NELEM(p->open); i++) {
		o = &p->open[i];
		if (o->f && o->pack == pack && o->blob == blob)
			return o;
		if (o->used_by == 0 && (!best || o->last < best->last))
			best = o;
	}
	return best;
}

static int
open_slot(struct packs *p, struct open_pack *o, uint64_t pack, uint64_t blob)
{
	char name[40];
	int rc;

	file_close(o->f);
	o->f = NULL;
	if (pack)
		pack_name(name, sizeof(name), pack);
	else
		large_name(name, sizeof(name), blob);
	rc = p->fs->ops->open(p->fs, name, 0, &o->f);
	if (rc < 0) {
		o->f = NULL;
		o->last = 0;
		return rc;
	}
	o->pack = pack;
	o->blob = blob;
	return 0;
}

static int
take_open_pack(struct packs *p, const struct place *at, struct open_pack **out)
{
	uint64_t blob = at->pack ? 0 : at->blob;
	struct open_pack *o;
	int rc = 0;

	pthread_mutex_lock(&p->lock);
	o = slot_of(p, at->pack, blob);
	if (!o)
		rc = -EMFILE;
	else if (!o->f || o->pack != at->pack || o->blob != blob)
		rc = open_slot(p, o, at->pack, blob);
	if (rc == 0) {
		o->used_by++;
		o->last = ++p->clock;
		*out = o;
	}
	pthread_mutex_unlock(&p->lock);
	return rc;
}

static void
give_back(struct packs *p, struct open_pack *o)
{
	pthread_mutex_lock(&p->lock);
	o->used_by--;
	pthread_mutex_unlock(&p->lock);
}

void
packs_forget(struct packs *p, uint64_t pack, uint64_t blob)
{
	size_t i;

	pthread_mutex_lock(&p->lock);
	for (i = 0; i < NELEM(p->open); i++) {
		struct open_pack *o = &p->open[i];

		if (!o->f || o->pack != pack || o->blob != blob)
			continue;
		o->pack = o->blob = UINT64_MAX; /* nobody finds it again */
		o->last = 0;
		if (o->used_by == 0) {
			file_close(o->f);
			o->f = NULL;
		}
	}
	pthread_mutex_unlock(&p->lock);
}

/* ---- one record -------------------------------------------------------- */

int
record_damaged(const struct record_reader *x, const char *what)
{
	const struct place *at = x->at;
	char name[40];

	if (at->pack)
		pack_name(name, sizeof(name), at->pack);
	else
		large_name(name, sizeof(name), at->blob);
	return err_set(x->err, E_DAMAGED, "message %llu is damaged: %s (%s, "
	    "octet %llu)", (unsigned long long)at->blob, what, name,
	    (unsigned long long)at->at);
}

int
record_octets(struct record_reader *x, uint64_t from, void *out, size_t n)
{
	struct file *f = x->o->f;
	size_t got = 0;
	int rc = f->files->ops->read(f, out, n, x->at->at + from, &got);

	if (rc == -EIO)
		return record_damaged(x, "the disk cannot read it");
	if (rc < 0)
		return pack_failed(x->err, rc, "read message", x->at->blob);
	return got == n ? 0 : record_damaged(x, "its file ends before it");
}

int
record_is_it(struct record_reader *x, const char header[RECORD_HEADER])
{
	const struct place *at = x->at;

	if (!record_parse(header, &x->r) || x->r.blob != at->blob ||
	    x->r.length != at->length || x->r.rest != at->facts ||
	    x->r.crc != at->crc || (x->r.format > 1 &&
	    x->r.front != at->front) || at->front > at->facts - x->r.sums)
		return record_damaged(x, "no record of it is there");
	x->r.front = at->front;
	return 0;
}

int
record_open(struct record_reader *x, struct packs *p, const struct place *at,
    struct err *err)
{
	int rc;

	*x = (struct record_reader){ .p = p, .at = at, .err = err };
	rc = take_open_pack(p, at, &x->o);
	if (rc == -ENOENT)
		return record_damaged(x, "its file is gone");
	return rc < 0 ? pack_failed(err, rc, "open message", at->blob) : 0;
}

void
record_close(struct record_reader *x)
{
	give_back(x->p, x->o);
}

static uint64_t
body_of(const struct place *at)
{
	return at->length + at->facts;
}

/* Header and all behind it: one read, and one checksum. */
static int
read_all(struct record_reader *x, struct buf *room, struct str *body)
{
	size_t n = (size_t)body_of(x->at);
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
	*body = str_make(all + RECORD_HEADER, n);
	return rc;
}

static int
compare_sums(struct record_reader *x, struct str octets, const char *table)
{
	struct str piece;
	uint32_t sum;

	for (; octets.n > 0; table += sizeof(sum)) {
		piece = str_first(octets, SUM_OCTETS);
		octets = str_from(octets, piece.n);
		memcpy(&sum, table, sizeof(sum));
		if (crc32c(0, piece.p, piece.n) != le32toh(sum))
			return record_damaged(x, "its checksum is another");
	}
	return 0;
}

/* Whole pieces around the part, and their sums. */
static int
read_summed(struct record_reader *x, uint64_t from, size_t n,
    struct buf *room, struct str *out)
{
	uint64_t end = body_of(x->at) - x->r.sums, first = from / SUM_OCTETS;
	uint64_t last = (from + n + SUM_OCTETS - 1) / SUM_OCTETS;
	uint64_t begin = first * SUM_OCTETS;
	size_t octets = (size_t)((last * SUM_OCTETS < end ?
	    last * SUM_OCTETS : end) - begin);
	size_t sums = (size_t)(last - first) * sizeof(uint32_t);
	char *all;
	int rc;

	buf_reset(room);
	all = buf_room(room, octets + sums);
	if (!all)
		return record_damaged(x, "it cannot be so long");
	rc = record_octets(x, RECORD_HEADER + begin, all, octets);
	if (rc == 0)
		rc = record_octets(x, RECORD_HEADER + end + first *
		    sizeof(uint32_t), all + octets, sums);
	if (rc == 0)
		rc = compare_sums(x, str_make(all, octets), all + octets);
	*out = str_make(all + (from - begin), n);
	return rc;
}

/* Of format 1: compared only if there is room for all of it. */
static int
read_unsummed(struct record_reader *x, uint64_t from, size_t n,
    struct buf *room, struct str *out)
{
	char *octets;
	int rc;

	if (from == 0 && n == x->at->length && n > 0 &&
	    x->at->facts <= RECORD_ROOM - RECORD_HEADER) {
		rc = read_all(x, room, out);
		*out = str_first(*out, n);
		return rc;
	}
	buf_reset(room);
	octets = buf_room(room, n);
	if (!octets)
		return record_damaged(x, "it cannot be so long");
	*out = str_make(octets, n);
	return record_octets(x, RECORD_HEADER + from, octets, n);
}

enum part { PART_OCTETS, PART_FACTS, PART_FRONT };

/* Where in the body that is: sums are known when the header is. */
static void
range_of(const struct record_reader *x, enum part part, uint64_t *from,
    size_t *n)
{
	uint64_t facts_end = body_of(x->at) - x->r.sums - x->at->front;

	if (part == PART_FACTS) {
		*from = x->at->length;
		*n = (size_t)(facts_end - x->at->length);
	} else if (part == PART_FRONT) {
		*from = facts_end;
		*n = x->at->front;
	}
}

static int
read_long(struct record_reader *x, enum part part, uint64_t from, size_t n,
    struct buf *room, struct str *out)
{
	char header[RECORD_HEADER];
	int rc = record_octets(x, 0, header, sizeof(header));

	if (rc == 0)
		rc = record_is_it(x, header);
	if (rc < 0)
		return rc;
	range_of(x, part, &from, &n);
	if (n == 0)
		*out = STR_NULL;
	else if (x->r.sums)
		rc = read_summed(x, from, n, room, out);
	else
		rc = read_unsummed(x, from, n, room, out);
	return rc;
}

static int
read_part(struct packs *p, const struct place *at, enum part part,
    uint64_t from, size_t n, struct buf *room, struct str *out,
    struct err *err)
{
	struct record_reader x;
	struct str body;
	int rc = record_open(&x, p, at, err);

	if (rc < 0)
		return rc;
	if (body_of(at) > RECORD_SMALL) {
		rc = read_long(&x, part, from, n, room, out);
	} else {
		rc = read_all(&x, room, &body);
		range_of(&x, part, &from, &n);
		if (rc == 0)
			*out = str_first(str_from(body, (size_t)from), n);
	}
	record_close(&x);
	return rc;
}

static struct str
part_of(const struct record_reader *x, struct str body, enum part part)
{
	uint64_t from = 0;
	size_t n = (size_t)x->at->length;

	range_of(x, part, &from, &n);
	return str_first(str_from(body, (size_t)from), n);
}

int
packs_read_short(struct packs *p, const struct place *at, struct buf *room,
    struct record_parts *out, struct err *err)
{
	struct record_reader x;
	struct str body;
	int rc;

	if (body_of(at) > RECORD_SMALL)
		return 0;
	rc = record_open(&x, p, at, err);
	if (rc < 0)
		return rc;
	rc = read_all(&x, room, &body);
	if (rc == 0)
		*out = (struct record_parts){ part_of(&x, body, PART_OCTETS),
			part_of(&x, body, PART_FACTS),
			part_of(&x, body, PART_FRONT) };
	record_close(&x);
	return rc < 0 ? rc : 1;
}

int
packs_read(struct packs *p, const struct place *at, uint64_t from, size_t n,
    struct buf *room, struct str *out, struct err *err)
{
	if (from > at->length || n > at->length - from)
		return err_set(err, E_INVALID, "beyond the end of message %llu",
		    (unsigned long long)at->blob);
	return read_part(p, at, PART_OCTETS, from, n, room, out, err);
}

int
packs_read_facts(struct packs *p, const struct place *at, struct buf *room,
    struct str *out, struct err *err)
{
	return read_part(p, at, PART_FACTS, 0, 0, room, out, err);
}

int
packs_read_front(struct packs *p, const struct place *at, struct buf *room,
    struct str *out, struct err *err)
{
	return read_part(p, at, PART_FRONT, 0, 0, room, out, err);
}
