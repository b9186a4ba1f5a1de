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

static int
read_record(struct packs *p, const struct place *at, uint64_t from, void *out,
    size_t n, struct err *err)
{
	struct open_pack *o;
	int rc = take_open_pack(p, at, &o);

	if (rc < 0)
		return pack_failed(err, rc, "open pack", at->pack);
	rc = file_read_all(o->f, out, n, at->at + from);
	give_back(p, o);
	return rc < 0 ? pack_failed(err, rc, "read pack", at->pack) : 0;
}

int
packs_read(struct packs *p, const struct place *at, uint64_t from, void *out,
    size_t n, struct err *err)
{
	if (from > at->length || n > at->length - from)
		return err_set(err, E_INVALID, "beyond the end of blob %llu",
		    (unsigned long long)at->blob);
	return read_record(p, at, RECORD_HEADER + from, out, n, err);
}

int
packs_read_facts(struct packs *p, const struct place *at, void *out,
    struct err *err)
{
	return read_record(p, at, RECORD_HEADER + at->length, out,
	    at->facts - at->front, err);
}

int
packs_read_front(struct packs *p, const struct place *at, void *out,
    struct err *err)
{
	return read_record(p, at, RECORD_HEADER + at->length + at->facts -
	    at->front, out, at->front, err);
}

int
packs_check(struct packs *p, const struct place *at, struct err *err)
{
	uint64_t from = RECORD_HEADER;
	uint64_t end = RECORD_HEADER + at->length + at->facts;
	char want[RECORD_HEADER], is[RECORD_HEADER], piece[1024];
	uint32_t crc = 0;
	size_t n;
	int rc;

	record_header(want, at);
	rc = read_record(p, at, 0, is, sizeof(is), err);
	if (rc == 0 && memcmp(want, is, sizeof(is)) != 0)
		return err_set(err, E_IO, "blob %llu: no record of it in pack "
		    "%llu at %llu", (unsigned long long)at->blob,
		    (unsigned long long)at->pack, (unsigned long long)at->at);
	while (rc == 0 && from < end) {
		n = end - from < sizeof(piece) ? (size_t)(end - from)
					       : sizeof(piece);
		rc = read_record(p, at, from, piece, n, err);
		crc = crc32c(crc, piece, n);
		from += n;
	}
	if (rc == 0 && crc != at->crc)
		return err_set(err, E_IO, "blob %llu: checksum is %08x, not "
		    "%08x", (unsigned long long)at->blob, crc, at->crc);
	return rc;
}
