/*
 * large.c - blobs of more than a megabyte, each in a file of its own, which is
 * written piece by piece and gets its header last.
 */
#include <errno.h>

#include "base/crc32c.h"
#include "store/disk/pack_int.h"

struct large {
	struct packs *p;
	struct file *f;
	uint64_t blob, length;
	uint32_t crc;	/* of the octets so far */
	struct sums sums;
	bool named;	/* its name in the folder lasts */
};

int
large_new(struct packs *p, uint64_t blob, struct large **out, struct err *err)
{
	struct large *l = calloc(1, sizeof(*l));
	char name[40];
	int rc;

	bug_if(!l);
	large_name(name, sizeof(name), blob);
	rc = p->fs->ops->open(p->fs, name, FILE_CREATE | FILE_EXCL, &l->f);
	if (rc < 0) {
		free(l);
		return pack_failed(err, rc, "create blob", blob);
	}
	l->p = p;
	l->blob = blob;
	*out = l;
	return 0;
}

uint64_t
large_blob(const struct large *l)
{
	return l->blob;
}

int
large_write(struct large *l, struct str octets, uint64_t at, struct err *err)
{
	int rc;

	if (at != l->length)
		return err_set(err, E_INVALID, "a piece out of order");
	rc = l->f->files->ops->write(l->f, octets.p, octets.n,
	    RECORD_HEADER + at);
	if (rc < 0)
		return pack_failed(err, rc, "write blob", l->blob);
	l->crc = crc32c(l->crc, octets.p, octets.n);
	sums_add(&l->sums, octets);
	l->length += octets.n;
	return 0;
}

static int
write_rest(struct large *l, const struct blob_parts *b, struct str sums,
    const char header[RECORD_HEADER], struct err *err)
{
	const struct files_ops *ops = l->f->files->ops;
	struct buf rest = BUF_INIT(SIZE_MAX / 2);
	int rc;

	buf_str(&rest, b->facts);
	buf_str(&rest, b->front);
	buf_str(&rest, sums);
	rc = ops->write(l->f, rest.p, rest.n, RECORD_HEADER + l->length);
	buf_free(&rest);
	if (rc == 0)
		rc = ops->write(l->f, header, RECORD_HEADER, 0);
	return rc < 0 ? pack_failed(err, rc, "write blob", l->blob) : 0;
}

int
large_finish(struct large *l, const struct blob_parts *b, struct place *out,
    struct err *err)
{
	struct sums before = l->sums;	/* of the octets alone */
	char header[RECORD_HEADER];
	struct record r;
	struct place at = record_begin(&r, b, l->length, l->crc);
	struct str sums = STR_NULL;
	int rc;

	if (r.sums)
		sums = sums_of_rest(&l->sums, b);
	record_end(header, &r, sums, &at);
	rc = write_rest(l, b, sums, header, err);
	l->sums.done.n = before.done.n;
	l->sums.crc = before.crc;
	l->sums.fill = before.fill;
	if (rc == 0)
		*out = at;
	return rc;
}

int
large_sync(struct large *l, struct err *err)
{
	struct files *fs = l->p->fs;
	int rc = fs->ops->sync(l->f);

	if (rc == 0 && !l->named)
		rc = fs->ops->sync_dir(fs, "blobs");
	if (rc < 0)
		return err_set(err, E_IO, "sync blob %llu: failed",
		    (unsigned long long)l->blob);
	l->named = true;
	return 0;
}

void
large_keep(struct large *l)
{
	file_close(l->f);
	sums_free(&l->sums);
	free(l);
}

void
large_drop(struct large *l)
{
	struct packs *p = l->p;
	uint64_t blob = l->blob;

	large_keep(l);
	large_remove(p, blob);
}

void
large_remove(struct packs *p, uint64_t blob)
{
	char name[40];

	packs_forget(p, 0, blob);
	large_name(name, sizeof(name), blob);
	(void)p->fs->ops->unlink(p->fs, name);
}
