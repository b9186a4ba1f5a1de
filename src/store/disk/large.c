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
	l->length += octets.n;
	return 0;
}

int
large_finish(struct large *l, struct str facts, struct place *out,
    struct err *err)
{
	struct place at = { .blob = l->blob, .length = l->length,
		.facts = (uint32_t)facts.n };
	char header[RECORD_HEADER];
	int rc;

	at.crc = crc32c(l->crc, facts.p, facts.n);
	record_header(header, &at);
	rc = l->f->files->ops->write(l->f, facts.p, facts.n,
	    RECORD_HEADER + l->length);
	if (rc == 0)
		rc = l->f->files->ops->write(l->f, header, sizeof(header), 0);
	if (rc < 0)
		return pack_failed(err, rc, "write blob", l->blob);
	*out = at;
	return 0;
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
