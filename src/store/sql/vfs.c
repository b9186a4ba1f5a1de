#include "store/sql/vfs_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/err.h"
#include "store/sql/vfs_host.h"
#include "store/sql/vfs_no_wal.h"

static struct vfs *
vfs_of(sqlite3_vfs *v)
{
	return container_of(v, struct vfs, base);
}

/* ---- the rest of a file ------------------------------------------------ */

static int
v_file_control(sqlite3_file *file unused_arg, int op unused_arg,
    void *arg unused_arg)
{
	return SQLITE_NOTFOUND;
}

static int
v_sector_size(sqlite3_file *file)
{
	(void)file;
	return 512;
}

static int
v_characteristics(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int
v_close(sqlite3_file *file)
{
	struct vfile *f = vfile_of(file);
	int rc = vfs_put_gathered(f);

	(void)vfs_unlock(file, SQLITE_LOCK_NONE);
	file_close(f->f);
	if (f->delete_at_close)
		(void)f->vfs->fs->ops->unlink(f->vfs->fs, f->name);
	pthread_mutex_lock(&f->vfs->lock);
	if (f->node)
		node_unref(f->node);
	pthread_mutex_unlock(&f->vfs->lock);
	vec_free(&f->gathered);
	return rc;
}

/* ---- the file system --------------------------------------------------- */

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = v_close,
	.xRead = vfs_read,
	.xWrite = vfs_write,
	.xTruncate = vfs_truncate,
	.xSync = vfs_sync,
	.xFileSize = vfs_size,
	.xLock = vfs_lock,
	.xUnlock = vfs_unlock,
	.xCheckReservedLock = vfs_check_reserved,
	.xFileControl = v_file_control,
	.xSectorSize = v_sector_size,
	.xDeviceCharacteristics = v_characteristics,
	.xShmMap = vfs_shm_map,
	.xShmLock = vfs_shm_lock,
	.xShmBarrier = vfs_shm_barrier,
	.xShmUnmap = vfs_shm_unmap,
};

/* What a VACUUM needs, and only that: other things of the kind are in memory.
 * It has no name as soon as it is open. */
static int
open_temporary(struct vfs *v, struct vfile *f, int flags, int *out)
{
	(void)snprintf(f->name, sizeof(f->name), "sqlite-temporary-%u",
	    __atomic_add_fetch(&v->temporary, 1, __ATOMIC_RELAXED));
	if (v->fs->ops->open(v->fs, f->name, FILE_CREATE, &f->f) < 0)
		return SQLITE_CANTOPEN;
	(void)v->fs->ops->unlink(v->fs, f->name);
	f->vfs = v;
	f->base.pMethods = &methods;
	if (out)
		*out = flags;
	return SQLITE_OK;
}

static int
v_open(sqlite3_vfs *base, const char *name, sqlite3_file *file, int flags,
    int *out)
{
	struct vfs *v = vfs_of(base);
	struct vfile *f = vfile_of(file);
	uint32_t how = flags & SQLITE_OPEN_CREATE ? FILE_CREATE : 0;
	int rc = SQLITE_OK;

	memset(f, 0, sizeof(*f));
	if (!name)
		return open_temporary(v, f, flags, out);
	if (strlen(name) >= VFS_NAME_MAX)
		return SQLITE_CANTOPEN;
	f->unnamed = v->fs->ops->exists(v->fs, name) < 0;
	rc = v->fs->ops->open(v->fs, name, how, &f->f);
	if (rc == -EROFS && flags & SQLITE_OPEN_WAL)
		f->f = vfs_no_wal();
	else if (rc < 0)
		return vfs_code(rc, SQLITE_CANTOPEN);
	rc = SQLITE_OK;
	f->vfs = v;
	f->delete_at_close = flags & SQLITE_OPEN_DELETEONCLOSE;
	(void)snprintf(f->name, sizeof(f->name), "%s", name);
	pthread_mutex_lock(&v->lock);
	if (flags & SQLITE_OPEN_MAIN_DB)
		rc = node_ref(v, name, &f->node);
	else if (flags & SQLITE_OPEN_WAL)
		f->wal_of = node_of_wal(v, name);
	pthread_mutex_unlock(&v->lock);
	if (rc != SQLITE_OK) {
		file_close(f->f);
		return rc;
	}
	f->base.pMethods = &methods;
	if (f->f->read_only)
		flags = (flags & ~SQLITE_OPEN_READWRITE) | SQLITE_OPEN_READONLY;
	if (out)
		*out = flags;
	return SQLITE_OK;
}

static int
v_delete(sqlite3_vfs *base, const char *name, int sync)
{
	struct files *fs = vfs_of(base)->fs;
	int rc = fs->ops->unlink(fs, name);

	if (rc == -ENOENT)
		return SQLITE_IOERR_DELETE_NOENT;
	if (rc < 0)
		return SQLITE_IOERR_DELETE;
	if (sync && fs->ops->sync_dir(fs, ".") < 0)
		return SQLITE_IOERR_DIR_FSYNC;
	return SQLITE_OK;
}

static int
v_access(sqlite3_vfs *base, const char *name, int flags, int *yes)
{
	struct files *fs = vfs_of(base)->fs;

	(void)flags;
	*yes = fs->ops->exists(fs, name) == 0;
	return SQLITE_OK;
}

struct vfs *
vfs_new(struct files *fs)
{
	struct vfs *v = calloc(1, sizeof(*v));

	bug_if(!v);
	v->fs = fs;
	pthread_mutex_init(&v->lock, NULL);
	(void)snprintf(v->name, sizeof(v->name), "postern-%p", (void *)v);
	v->base = (sqlite3_vfs){
		.iVersion = 2,
		.szOsFile = sizeof(struct vfile),
		.mxPathname = VFS_NAME_MAX,
		.zName = v->name,
		.xOpen = v_open,
		.xDelete = v_delete,
		.xAccess = v_access,
		.xFullPathname = vfs_full_pathname,
		.xRandomness = vfs_randomness,
		.xSleep = vfs_sleep,
		.xGetLastError = vfs_last_error,
		.xCurrentTimeInt64 = vfs_time,
	};
	/* The default one too: SQLite takes its randomness from that. */
	/* Before the first one only: pages are allocated one by one, not 20 for
	 * each connection that may never want them. */
	(void)sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
	bug_if(sqlite3_vfs_register(&v->base, 1) != SQLITE_OK);
	return v;
}

bool
vfs_lost_wal(const struct vfs *v)
{
	return v->lost_wal;
}

void
vfs_on_damage(struct vfs *v, void (*fn)(void *arg, uint32_t page), void *arg)
{
	v->damaged = fn;
	v->damaged_arg = arg;
}

bool
vfs_is_summed(struct vfs *v, const char *name)
{
	bool is = false;

	pthread_mutex_lock(&v->lock);
	list_each(struct node, n, &v->nodes, link)
		if (strcmp(n->name, name) == 0)
			is = __atomic_load_n(&n->summed, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&v->lock);
	return is;
}

const char *
vfs_name(const struct vfs *v)
{
	return v->name;
}

void
vfs_free(struct vfs *v)
{
	if (!v)
		return;
	sqlite3_vfs_unregister(&v->base);
	pthread_mutex_destroy(&v->lock);
	free(v);
}
