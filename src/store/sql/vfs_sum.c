#include "store/sql/vfs_int.h"

#include "base/attr.h"
#include "base/crc32c.h"
#include "base/err.h"
#include "store/sql/page_sum.h"
#include "store/sql/wal.h"

/*
 * Pages in the database end with their checksum, so that it is known at every
 * start. Those in the WAL cannot: SQLite has summed a frame when we see it, and
 * compares that sum when it recovers and never again. So the sums of frames are
 * in memory, of what was written and of what a recovery has found to be right.
 *
 * A frame that is wrong when it is copied into the database becomes a page that
 * is wrong there: all else gets its WAL done with, and whoever needs that page
 * is still told.
 */

/* The wrong page that this thread has read last. */
static _Thread_local uint32_t damaged_page;

uint32_t
vfs_take_damaged(void)
{
	uint32_t page = damaged_page;

	damaged_page = 0;
	return page;
}

static void
tell_damage(struct vfile *f, uint32_t page)
{
	if (f->vfs->damaged)
		f->vfs->damaged(f->vfs->damaged_arg, page);
}

static int
fail_for(struct vfile *f, uint32_t page)
{
	damaged_page = page;
	tell_damage(f, page);
	return SQLITE_IOERR_DATA;
}

/* ---- the database ------------------------------------------------------ */

static bool
is_page(const struct vfile *f, size_t n, uint64_t at)
{
	return f->node && n == PAGE_OCTETS && at % PAGE_OCTETS == 0;
}

static bool
is_summed(const struct node *n)
{
	return __atomic_load_n(&n->summed, __ATOMIC_RELAXED);
}

/* What the first page says counts from then on: SQLite writes it before all
 * others. */
static void
seal_page(struct node *n, char *page, uint64_t at)
{
	uint32_t number = (uint32_t)(at / PAGE_OCTETS) + 1;

	if (at == 0)
		__atomic_store_n(&n->summed, page[20] == PAGE_SUM,
		    __ATOMIC_RELAXED);
	if (!is_summed(n))
		return;
	page_sum_put(page, number);
	/* Only who checkpoints writes here. */
	if (n->spoilt == number)
		page_sum_spoil(page);
	n->spoilt = 0;
}

static int
check_page(struct vfile *f, const char *page, uint64_t at)
{
	uint32_t number = (uint32_t)(at / PAGE_OCTETS) + 1;

	return !is_summed(f->node) || page_sum_is_right(page, number) ?
	    SQLITE_OK : fail_for(f, number);
}

/* ---- the WAL ----------------------------------------------------------- */

/* What of a frame lies here: its header, its page, or both. */
static bool
parts_of(const struct vfile *f, size_t n, uint64_t at, size_t *frame,
    bool *header, bool *page)
{
	uint64_t in;

	if (!f->wal_of || at < WAL_HEADER)
		return false;
	*frame = (size_t)((at - WAL_HEADER) / WAL_FRAME);
	in = (at - WAL_HEADER) % WAL_FRAME;
	*header = in == 0 && (n == WAL_FRAME_HEADER || n == WAL_FRAME);
	*page = n == WAL_FRAME ? in == 0
	    : n == PAGE_OCTETS && in == WAL_FRAME_HEADER;
	return *header || *page;
}

static void
note_frame(struct node *n, size_t i, const char *header, const char *page)
{
	static const struct frame unknown = { 0 };

	pthread_rwlock_wrlock(&n->frames_lock);
	while (n->frames.n <= i)
		vec_push(&n->frames, unknown);
	if (header)
		n->frames.p[i].page = wal_frame_page(header);
	if (page)
		n->frames.p[i].sum = crc32c(0, page, PAGE_OCTETS);
	pthread_rwlock_unlock(&n->frames_lock);
}

static struct frame
frame_known(struct node *n, size_t i)
{
	struct frame known = { 0 };

	pthread_rwlock_rdlock(&n->frames_lock);
	if (i < n->frames.n)
		known = n->frames.p[i];
	pthread_rwlock_unlock(&n->frames_lock);
	return known;
}

static int
check_frame(struct vfile *f, size_t i, const char *page, size_t n)
{
	struct node *of = f->wal_of;
	struct frame known = frame_known(of, i);

	if (known.page == 0 && n == WAL_FRAME)
		note_frame(of, i, page - WAL_FRAME_HEADER, page);
	if (known.page == 0 || crc32c(0, page, PAGE_OCTETS) == known.sum)
		return SQLITE_OK;
	if (n == WAL_FRAME || !is_summed(of) ||
	    !vfs_is_checkpointing(f->vfs, of))
		return fail_for(f, known.page);
	tell_damage(f, known.page);
	of->spoilt = known.page;	/* its next write is of this page */
	return SQLITE_OK;
}

/* ---- both -------------------------------------------------------------- */

void
vfs_sum_written(struct vfile *f, char *p, size_t n, uint64_t at)
{
	bool header, page;
	size_t i;

	if (is_page(f, n, at))
		seal_page(f->node, p, at);
	else if (parts_of(f, n, at, &i, &header, &page))
		note_frame(f->wal_of, i, header ? p : NULL, !page ? NULL :
		    p + (header ? WAL_FRAME_HEADER : 0));
}

int
vfs_sum_check(struct vfile *f, const char *p, size_t n, uint64_t at)
{
	bool header, page;
	size_t i;

	if (is_page(f, n, at))
		return check_page(f, p, at);
	if (!parts_of(f, n, at, &i, &header, &page) || !page)
		return SQLITE_OK;
	return check_frame(f, i, p + (header ? WAL_FRAME_HEADER : 0), n);
}

void
vfs_sum_forget(struct vfile *f, uint64_t size)
{
	struct node *of = f->wal_of;
	uint64_t left = size > WAL_HEADER ? (size - WAL_HEADER) / WAL_FRAME
					  : 0;

	if (!of)
		return;
	pthread_rwlock_wrlock(&of->frames_lock);
	if (of->frames.n > left)
		of->frames.n = (size_t)left;
	pthread_rwlock_unlock(&of->frames_lock);
}
