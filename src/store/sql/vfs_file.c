#include "store/sql/vfs_int.h"

#include <errno.h>
#include <string.h>

enum { GATHER = 1 << 20 };

int
vfs_code(int rc, int otherwise)
{
	if (rc == 0)
		return SQLITE_OK;
	if (rc == -ENOSPC || rc == -EDQUOT)
		return SQLITE_FULL;
	return rc == -EROFS ? SQLITE_READONLY : otherwise;
}

/* Somebody made the WAL shorter than what we wrote: that is lost, and what
 * would be written behind it could not be reached after a crash. */
static bool
is_cut(const struct vfile *f)
{
	uint64_t size = 0;

	return f->wal_of && f->gather_at > 0 &&
	    (f->f->files->ops->size(f->f, &size) < 0 || size < f->gather_at);
}

int
vfs_put_gathered(struct vfile *f)
{
	size_t n = f->gathered.n;

	f->gathered.n = 0;
	if (n == 0)
		return SQLITE_OK;
	if (is_cut(f))
		return SQLITE_IOERR_WRITE;
	return vfs_code(f->f->files->ops->write(f->f, f->gathered.p, n,
	    f->gather_at), SQLITE_IOERR_WRITE);
}

int
vfs_read(sqlite3_file *file, void *p, int n, sqlite3_int64 at)
{
	struct vfile *f = vfile_of(file);
	uint64_t from = (uint64_t)at, end = from + (uint64_t)n;
	size_t got;
	int rc = SQLITE_OK;

	if (f->gathered.n > 0 && from < f->gather_at + f->gathered.n &&
	    end > f->gather_at)
		rc = vfs_put_gathered(f);
	if (rc != SQLITE_OK)
		return rc;
	if (f->f->files->ops->read(f->f, p, (size_t)n, from, &got) < 0)
		return SQLITE_IOERR_READ;
	if (got == (size_t)n)
		return vfs_sum_check(f, p, got, from);
	memset((char *)p + got, 0, (size_t)n - got);
	return SQLITE_IOERR_SHORT_READ;
}

int
vfs_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
	struct vfile *f = vfile_of(file);
	uint64_t from = (uint64_t)at;
	int rc = SQLITE_OK;

	if (f->gathered.n > 0 && (from != f->gather_at + f->gathered.n ||
	    f->gathered.n + (size_t)n > GATHER))
		rc = vfs_put_gathered(f);
	if (rc != SQLITE_OK)
		return rc;
	vec_reserve(&f->gathered, (size_t)n);
	if (f->gathered.n == 0)
		f->gather_at = from;
	memcpy(f->gathered.p + f->gathered.n, p, (size_t)n);
	vfs_sum_written(f, f->gathered.p + f->gathered.n, (size_t)n, from);
	f->gathered.n += (size_t)n;
	return SQLITE_OK;
}

int
vfs_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct vfile *f = vfile_of(file);
	int rc = vfs_put_gathered(f);

	if (rc != SQLITE_OK)
		return rc;
	vfs_sum_forget(f, (uint64_t)size);
	return vfs_code(f->f->files->ops->truncate(f->f, (uint64_t)size),
	    SQLITE_IOERR_TRUNCATE);
}

int
vfs_sync(sqlite3_file *file, int flags)
{
	struct vfile *f = vfile_of(file);
	int rc = vfs_put_gathered(f);

	(void)flags;
	if (rc != SQLITE_OK)
		return rc;
	/* Whatever the reason: after this the kernel's pages are in doubt. */
	if (f->f->files->ops->sync(f->f) < 0)
		return SQLITE_IOERR_FSYNC;
	if (f->unnamed && f->vfs->fs->ops->sync_dir(f->vfs->fs, ".") < 0)
		return SQLITE_IOERR_DIR_FSYNC;
	f->unnamed = false;
	if (f->wal_of && !f->f->read_only &&
	    f->f->files->ops->is_named(f->f, f->name) < 0)
		f->vfs->lost_wal = true;
	return SQLITE_OK;
}

int
vfs_size(sqlite3_file *file, sqlite3_int64 *size)
{
	struct vfile *f = vfile_of(file);
	int rc = vfs_put_gathered(f);
	uint64_t n;

	if (rc != SQLITE_OK)
		return rc;
	if (f->f->files->ops->size(f->f, &n) < 0)
		return SQLITE_IOERR_FSTAT;
	*size = (sqlite3_int64)n;
	return SQLITE_OK;
}
