#include "admin/backup_check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "admin/backup_zstd.h"
#include "admin/progress.h"
#include "base/crc32c.h"
#include "base/vec.h"

enum { PIECE = 1 << 20 };

/* A length at which a file has to have a checksum. */
struct mark {
	uint64_t folder, kind, id, part, octets;
	uint32_t crc;
};

/* ---- one file ------------------------------------------------------------ */

struct writing {
	int to;
	struct str name;
};

static int
write_piece(void *arg, struct str s, struct err *err)
{
	struct writing *w = arg;
	ssize_t k;

	for (; s.n > 0; s = str_from(s, (size_t)k))
		if ((k = write(w->to, s.p, s.n)) < 0)
			return err_sys(err, errno == ENOSPC ? E_FULL : E_IO,
			    "write %.*s", STR_FMT(w->name));
	return 0;
}

int
backup_check_file(const struct backup_dir *d, const char *path,
    const struct manifest_file *f, int to, void (*tell)(void *arg,
    uint64_t octets), void *arg, struct err *err)
{
	int fd = openat(d->fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK), rc = 0;
	char *room = malloc(PIECE);
	struct writing w = { to, f->name };
	struct backup_zstd *zstd = to >= 0 && f->packed ?
	    backup_zstd_new(0, write_piece, &w) : NULL;
	uint32_t crc = 0;
	uint64_t at = 0;
	ssize_t n;

	bug_if(!room);
	if (fd < 0)
		rc = err_sys(err, errno == ENOENT ? E_DAMAGED : E_IO, "%s/%s",
		    d->path, path);
	while (rc == 0 && at < f->octets) {
		n = pread(fd, room, f->octets - at < PIECE ?
		    (size_t)(f->octets - at) : PIECE, (off_t)at);
		if (n < 0)
			rc = err_sys(err, E_DAMAGED, "%s/%s", d->path, path);
		if (n == 0)
			rc = err_set(err, E_DAMAGED, "%s/%s is too short",
			    d->path, path);
		if (n <= 0)
			break;
		crc = crc32c(crc, room, (size_t)n);
		at += (uint64_t)n;
		if (zstd)
			rc = backup_zstd_put(zstd, str_make(room, (size_t)n),
			    err);
		else if (to >= 0)
			rc = write_piece(&w, str_make(room, (size_t)n), err);
		if (tell)
			tell(arg, (uint64_t)n);
	}
	if (rc == 0 && zstd)
		rc = backup_zstd_end(zstd, err);
	if ((rc == 0 || rc == E_DAMAGED) && at == f->octets && crc != f->crc)
		rc = err_set(err, E_DAMAGED, "%s/%s is damaged: its octets are "
		    "not those that were copied", d->path, path);
	if (fd >= 0)
		(void)close(fd);
	backup_zstd_free(zstd);
	free(room);
	return rc;
}

/* ---- all of them --------------------------------------------------------- */

struct checking {
	struct backup_dir *d;
	struct backup_checked *out;
	struct VEC(struct mark) marks;
	void (*problem)(void *arg, const char *text);
	void *arg;
	struct progress progress;
};

static void
tell_problem(struct checking *c, const char *text)
{
	c->out->damaged++;
	progress_end(&c->progress);
	c->problem(c->arg, text);
}

static void
on_octets(void *arg, uint64_t octets)
{
	struct checking *c = arg;

	c->out->octets += octets;
	progress_tell(&c->progress, "%llu MB",
	    (unsigned long long)(c->out->octets >> 20));
}

static int
check_own(struct checking *c, const struct manifest *m, const char *point,
    const struct manifest_file *f)
{
	char path[BACKUP_PATH];
	struct err err = { 0 };
	int rc;

	backup_dir_file(path, m, point, f);
	rc = backup_check_file(c->d, path, f, -1, on_octets, c, &err);
	c->out->files++;
	if (rc < 0)
		tell_problem(c, err.text);
	return rc;
}

static void
check_point(struct checking *c, const char *point)
{
	struct err err = { 0 };
	struct manifest_file f;
	struct manifest m;
	struct str lines;
	char *text;

	c->out->points++;
	if (backup_dir_manifest(c->d, point, &m, &text, &err) < 0) {
		tell_problem(c, err.text);
		return;
	}
	for (lines = m.files; manifest_next(&lines, &f);)
		if (f.of.kind == BACKUP_database || f.of.kind == BACKUP_key)
			(void)check_own(c, &m, point, &f);
		else
			vec_push(&c->marks, (struct mark){ m.folder,
			    f.of.kind, f.of.id, f.of.part, f.octets, f.crc });
	free(text);
}

static int
by_file(const void *va, const void *vb)
{
	const struct mark *x = va, *y = vb;
	const uint64_t a[] = { x->folder, x->kind, x->id, x->part, x->octets,
		x->crc };
	const uint64_t b[] = { y->folder, y->kind, y->id, y->part, y->octets,
		y->crc };

	for (size_t i = 0; i < NELEM(a); i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

static bool
is_same_file(const struct mark *x, const struct mark *y)
{
	return x->folder == y->folder && x->kind == y->kind &&
	    x->id == y->id && x->part == y->part;
}

static void
path_of(char out[BACKUP_PATH], const struct mark *m)
{
	uint64_t d = m->id;
	int n = snprintf(out, BACKUP_PATH, "files/%016llx/",
	    (unsigned long long)m->folder);

	out += n;
	if (m->kind != BACKUP_journal)
		n = snprintf(out, 60, "%s/%016llx", m->kind == BACKUP_pack ?
		    "packs" : "blobs", (unsigned long long)d);
	else
		n = snprintf(out, 60, "journal/%04llu-%02llu-%02llu",
		    (unsigned long long)(d / 10000),
		    (unsigned long long)(d / 100 % 100),
		    (unsigned long long)(d % 100));
	if (m->part)
		(void)snprintf(out + n, 24, ".%llu",
		    (unsigned long long)m->part);
}

/* The marks of one file, each behind the one before it: of those that grow
 * there are few. */
static void
check_marks(struct checking *c, const struct mark *m, size_t n)
{
	char path[BACKUP_PATH];
	struct err err = { 0 };

	path_of(path, m);
	c->out->files++;
	for (size_t i = 0; i < n; i++) {
		struct manifest_file f = { .name = str_c(path),
			.octets = m[i].octets, .crc = m[i].crc };

		if (i > 0 && by_file(&m[i], &m[i - 1]) == 0)
			continue;
		if (backup_check_file(c->d, path, &f, -1, on_octets, c, &err) ==
		    0)
			continue;
		tell_problem(c, err.text);
		return;
	}
}

int
backup_check(struct backup_dir *d, struct backup_checked *out,
    void (*problem)(void *arg, const char *text), void *arg, struct err *err)
{
	struct checking c = { .d = d, .out = out, .problem = problem,
		.arg = arg };
	size_t i, n;

	*out = (struct backup_checked){ 0 };
	if (d->npoints == 0)
		return err_set(err, E_NOTFOUND, "%s has no backup that came to "
		    "its end", d->path);
	progress_begin(&c.progress);
	for (i = 0; i < d->npoints; i++)
		check_point(&c, d->points[i].text);
	if (c.marks.n)
		qsort(c.marks.p, c.marks.n, sizeof(*c.marks.p), by_file);
	for (i = 0; i < c.marks.n; i += n) {
		for (n = 1; i + n < c.marks.n && is_same_file(&c.marks.p[i],
		    &c.marks.p[i + n]); n++)
			;
		check_marks(&c, &c.marks.p[i], n);
	}
	progress_end(&c.progress);
	vec_free(&c.marks);
	return 0;
}
