#include "store/sql/wal.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { PAGE_SIZE_AT = 8, SALT_AT = 16, HEADER_SUM_AT = 24,
	FRAME_COMMIT_AT = 4, FRAME_SALT_AT = 8, FRAME_SUM_AT = 16 };
enum { MAGIC = 0x377f0682 };	/* and 1: words of sums are big-endian */

struct wal_sum {
	uint32_t a, b;
};

struct walk {
	struct file *f;
	const char *name;
	bool big;
	char salt[8];
	struct wal_sum before;	/* what the frame before says its sum is */
	uint64_t frame, wrong;	/* from 1; the first wrong one, 0 if none */
	bool committed;		/* behind the wrong one */
};

static uint32_t
be32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 |
	    (uint32_t)u[2] << 8 | u[3];
}

static uint32_t
le32(const char *p)
{
	return __builtin_bswap32(be32(p));
}

uint32_t
wal_frame_page(const char *header)
{
	return be32(header);
}

/* sqlite.org/fileformat2 4.2 */
static struct wal_sum
sum_on(const struct walk *w, struct wal_sum s, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i += 8) {
		s.a += (w->big ? be32(p + i) : le32(p + i)) + s.b;
		s.b += (w->big ? be32(p + i + 4) : le32(p + i + 4)) + s.a;
	}
	return s;
}

static struct wal_sum
sum_at(const char *p)
{
	return (struct wal_sum){ be32(p), be32(p + 4) };
}

static bool
same_sum(struct wal_sum x, struct wal_sum y)
{
	return x.a == y.a && x.b == y.b;
}

static int
damaged(const struct walk *w, struct err *err)
{
	return err_set(err, E_DAMAGED, "%s is damaged (frame %llu), and "
	    "changes behind that were committed: restore it and postern.db, "
	    "or remove postern.state to go on with what comes before",
	    w->name, (unsigned long long)w->wrong);
}

/* It is right by what the frame before it says, though that may be wrong. */
static bool
frame_is_right(const struct walk *w, const char *frame)
{
	struct wal_sum s = sum_on(w, w->before, frame, FRAME_SALT_AT);

	return be32(frame) != 0 &&
	    memcmp(frame + FRAME_SALT_AT, w->salt, sizeof(w->salt)) == 0 &&
	    same_sum(sum_on(w, s, frame + WAL_FRAME_HEADER, PAGE_OCTETS),
	    sum_at(frame + FRAME_SUM_AT));
}

static int
check_frame(struct walk *w, const char *frame, struct err *err)
{
	bool is_right = frame_is_right(w, frame);

	w->frame++;
	w->before = sum_at(frame + FRAME_SUM_AT);
	if (!is_right && w->wrong == 0)
		w->wrong = w->frame;
	if (!is_right || w->wrong == 0)
		return 0;
	if (w->committed)
		return damaged(w, err);
	w->committed = be32(frame + FRAME_COMMIT_AT) != 0;
	return 0;
}

/* 1: there are frames to look at. */
static int
begin_walk(struct walk *w, struct err *err)
{
	char header[WAL_HEADER];
	uint64_t size = 0;

	if (w->f->files->ops->size(w->f, &size) < 0 ||
	    size < WAL_HEADER + WAL_FRAME ||
	    file_read_all(w->f, header, sizeof(header), 0) < 0)
		return 0;
	w->big = be32(header) & 1;
	w->before = sum_on(w, (struct wal_sum){ 0 }, header, HEADER_SUM_AT);
	if ((be32(header) & ~1u) != MAGIC ||
	    !same_sum(w->before, sum_at(header + HEADER_SUM_AT)))
		return damaged(w, err);
	memcpy(w->salt, header + SALT_AT, sizeof(w->salt));
	return be32(header + PAGE_SIZE_AT) == PAGE_OCTETS;
}

int
wal_check(struct files *fs, const char *name, struct err *err)
{
	enum { FRAMES = 64 };
	struct walk w = { .name = name };
	size_t got = FRAMES * WAL_FRAME;
	uint64_t at = WAL_HEADER;
	char *frames;
	int rc = fs->ops->open(fs, name, 0, &w.f);

	if (rc < 0)
		return 0;	/* whoever needs it says so */
	frames = malloc(got);
	bug_if(!frames);
	rc = begin_walk(&w, err);
	while (rc > 0 && got == FRAMES * WAL_FRAME) {
		rc = fs->ops->read(w.f, frames, got, at, &got) < 0 ? 0 : 1;
		for (size_t i = 0; rc > 0 && i + WAL_FRAME <= got;
		    i += WAL_FRAME)
			if (check_frame(&w, frames + i, err) < 0)
				rc = E_DAMAGED;
		at += got;
	}
	free(frames);
	file_close(w.f);
	return rc == E_DAMAGED ? rc : 0;
}
