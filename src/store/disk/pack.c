#include "store/disk/pack_int.h"

#include <errno.h>

#include "base/crc32c.h"

enum { WRITE_PIECE = 1 << 20, AHEAD = 1 << 20 };

static const char zeros[RECORD_ALIGN];

uint64_t
place_octets(const struct place *p)
{
	return (RECORD_HEADER + p->length + p->facts + RECORD_ALIGN - 1) /
	    RECORD_ALIGN * RECORD_ALIGN;
}

int
pack_failed(struct err *err, int rc, const char *what, uint64_t id)
{
	int code = E_IO;

	if (rc == -ENOSPC || rc == -EDQUOT)
		code = E_FULL;
	if (rc == -ENOENT)
		code = E_NOTFOUND;
	errno = -rc;
	return err_sys(err, code, "%s %llu", what, (unsigned long long)id);
}

void
pack_name(char *out, size_t n, uint64_t pack)
{
	(void)snprintf(out, n, "packs/%016llx", (unsigned long long)pack);
}

void
large_name(char *out, size_t n, uint64_t blob)
{
	(void)snprintf(out, n, "blobs/%016llx", (unsigned long long)blob);
}

struct packs *
packs_new(struct files *fs, uint64_t size)
{
	struct packs *p = calloc(1, sizeof(*p));

	bug_if(!p);
	p->fs = fs;
	p->size = size;
	p->pending = BUF_INIT(SIZE_MAX / 2);
	pthread_mutex_init(&p->lock, NULL);
	return p;
}

void
packs_free(struct packs *p)
{
	size_t i;

	if (!p)
		return;
	for (i = 0; i < NELEM(p->open); i++)
		file_close(p->open[i].f);
	file_close(p->f);
	buf_free(&p->pending);
	vec_free(&p->touched);
	free(p->zeros);
	map_free(&p->known);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/* ---- writing ----------------------------------------------------------- */

static struct pack_touched *
touch(struct packs *p)
{
	struct pack_touched *t = p->touched.n ?
	    &p->touched.p[p->touched.n - 1] : NULL;

	if (t && t->pack == p->pack)
		return t;
	t = vec_add(&p->touched);
	*t = (struct pack_touched){ p->pack, p->end, 0 };
	return t;
}

/* Zeros behind the end, once for some hundred messages. What was written
 * before is synced without a change of the file's own records, which takes
 * half the time; room that is only allocated is not. */
static int
write_ahead(struct packs *p)
{
	uint64_t n = p->pos < p->size ? p->size - p->pos : 0;
	int rc;

	if (p->pos <= p->ahead || n == 0)
		return 0;
	if (!p->zeros)
		p->zeros = calloc(1, AHEAD);
	bug_if(!p->zeros);
	n = n < AHEAD ? n : AHEAD;
	rc = p->fs->ops->write(p->f, p->zeros, n, p->pos);
	if (rc == 0)
		p->ahead = p->pos + n;
	return rc;
}

int
packs_write(struct packs *p, struct err *err)
{
	int rc;

	if (p->pending.n == 0)
		return 0;
	rc = p->fs->ops->write(p->f, p->pending.p, p->pending.n,
	    p->pos - p->pending.n);
	if (rc == 0)
		rc = write_ahead(p);
	if (rc < 0)
		return pack_failed(err, rc, "write pack", p->pack);
	buf_reset(&p->pending);
	p->unsynced = true;
	return 0;
}

int
packs_sync(struct packs *p, struct err *err)
{
	int rc;

	if (!p->unsynced)
		return 0;
	rc = p->fs->ops->sync(p->f);
	if (rc < 0)
		return err_set(err, E_IO, "sync pack %llu: failed",
		    (unsigned long long)p->pack);
	p->unsynced = false;
	return 0;
}

static int
make_pack(struct packs *p, uint64_t pack, struct file **f, struct err *err)
{
	char name[40];
	int rc;

	pack_name(name, sizeof(name), pack);
	rc = p->fs->ops->open(p->fs, name, FILE_CREATE, f);
	if (rc < 0)
		return pack_failed(err, rc, "create pack", pack);
	rc = p->fs->ops->allocate(*f, p->size);
	if (rc == 0)
		rc = p->fs->ops->sync_dir(p->fs, "packs");
	if (rc == 0)
		return 0;
	file_close(*f);
	(void)p->fs->ops->unlink(p->fs, name);
	return pack_failed(err, rc, "make pack", pack);
}

/* The present pack is full: the next one. Nothing changes if that fails. */
static int
roll(struct packs *p, struct err *err)
{
	struct file *f;
	int rc = packs_write(p, err);

	if (rc == 0)
		rc = packs_sync(p, err);
	if (rc < 0) {
		p->broken = true;
		return rc;
	}
	rc = make_pack(p, p->last + 1, &f, err);
	if (rc < 0)
		return rc;
	file_close(p->f);
	p->f = f;
	p->pack = ++p->last;
	p->end = p->pos = p->ahead = 0;
	return 0;
}

/* Where the record will be, once there is a pack to put it in. */
static int
find_room(struct packs *p, const struct place *at, struct err *err)
{
	uint64_t n = place_octets(at);
	int rc = 0;

	if (!p->f || (p->pos > 0 && n > p->size - p->pos) || p->pos > p->size)
		rc = roll(p, err);
	if (rc == 0 && p->pending.n > WRITE_PIECE) {
		rc = packs_write(p, err);
		p->broken = rc < 0;
	}
	return rc;
}

/* The octets of the record at `at` were added to what waits: it lies where the
 * batch ended before it. */
static void
count_record(struct packs *p, struct place *at)
{
	struct pack_touched *t;

	at->pack = p->pack;
	at->at = p->pos;
	p->pos += place_octets(at);
	buf_put(&p->pending, zeros, place_octets(at) - RECORD_HEADER -
	    at->length - at->facts);
	t = touch(p);
	t->written = p->pos;
	t->added += place_octets(at);
}

int
packs_put(struct packs *p, const struct blob_parts *b, struct place *out,
    struct err *err)
{
	struct sums sums = { 0 };
	char header[RECORD_HEADER];
	struct record r;
	struct place at = record_begin(&r, b, b->octets.n,
	    crc32c(0, b->octets.p, b->octets.n));
	struct str table = STR_NULL;
	int rc = find_room(p, &at, err);

	if (rc < 0)
		return rc;
	if (r.sums) {
		sums_add(&sums, b->octets);
		table = sums_of_rest(&sums, b);
	}
	r.first = p->touched.n == 0;
	record_end(header, &r, table, &at);
	buf_put(&p->pending, header, sizeof(header));
	buf_str(&p->pending, b->octets);
	buf_str(&p->pending, b->facts);
	buf_str(&p->pending, b->front);
	buf_str(&p->pending, table);
	sums_free(&sums);
	count_record(p, &at);
	*out = at;
	return 0;
}

int
packs_put_record(struct packs *p, struct str record, const struct place *from,
    struct place *out, struct err *err)
{
	char header[RECORD_HEADER];
	struct place at = *from;
	int rc = find_room(p, &at, err);

	if (rc < 0)
		return rc;
	bug_if(record.n != RECORD_HEADER + at.length + at.facts);
	memcpy(header, record.p, sizeof(header));
	record_mark(header, p->touched.n == 0);
	buf_put(&p->pending, header, sizeof(header));
	buf_str(&p->pending, str_from(record, sizeof(header)));
	count_record(p, &at);
	*out = at;
	return 0;
}

const struct pack_touched *
packs_touched(const struct packs *p, size_t *n)
{
	*n = p->touched.n;
	return p->touched.p;
}

void
packs_commit(struct packs *p)
{
	p->end = p->pos;
	p->touched.n = 0;
}

/* A pack begun in this batch stays, empty: nothing names it yet. One that a
 * roll left behind keeps the place SQL knows of it, and is not used again. */
void
packs_abort(struct packs *p)
{
	p->pos = p->end;
	p->touched.n = 0;
	p->broken = false;
	buf_reset(&p->pending);
}

bool
packs_broken(const struct packs *p)
{
	return p->broken;
}

bool
packs_is_open(const struct packs *p, uint64_t pack)
{
	return p->f && p->pack == pack;
}

bool
packs_is_next(const struct packs *p, uint64_t pack)
{
	return pack == p->last + 1;
}

void
packs_retire(struct packs *p)
{
	bug_if(p->pos != p->end);
	file_close(p->f);
	p->f = NULL;
	p->unsynced = false;	/* nobody's */
}

int
packs_remove(struct packs *p, uint64_t pack, struct err *err)
{
	char name[40];
	int rc;

	bug_if(packs_is_open(p, pack));
	packs_forget(p, pack, 0);
	pack_name(name, sizeof(name), pack);
	rc = p->fs->ops->unlink(p->fs, name);
	if (rc == 0 || rc == -ENOENT)
		rc = p->fs->ops->sync_dir(p->fs, "packs");
	return rc < 0 ? pack_failed(err, rc, "remove pack", pack) : 0;
}
