#include "store/sql/vfs.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/list.h"
#include "base/vec.h"
#include "store/sql/page_sum.h"
#include "store/sql/vfs_host.h"
#include "store/sql/vfs_no_wal.h"

enum { NAME_MAX_ = 64, GATHER = 1 << 20 };

/* What the unix VFS of SQLite locks of a database file: its pending octet, its
 * reserved one and 510 shared ones behind them ("os.h", sqlite.org/fileformat2
 * 1.4: the lock-byte page is never used for data). */
enum { LOCK_BYTES = 0x40000000, LOCK_BYTES_N = 512 };
enum { LOCK_WAIT_MS = 2000, LOCK_PAUSE_MS = 20 };

/* What the connections to one database file share. */
struct node {
	struct list_link link;
	char name[NAME_MAX_];
	struct file *locked;	/* holds the lock against other processes */
	int refs;
	bool summed;		/* atomic: its pages have checksums */
	/* Locks of the file itself. */
	int shared, reserved, pending, exclusive;
	/* The WAL's index: regions of memory and locks. */
	struct VEC(void *) regions;
	int shm_shared[SQLITE_SHM_NLOCK];
	bool shm_exclusive[SQLITE_SHM_NLOCK];
};

struct vfs {
	sqlite3_vfs base;
	char name[32];
	struct files *fs;
	pthread_mutex_t lock; /* of the nodes and all in them */
	struct list nodes;
	bool lost_wal;
	void (*damaged)(void *arg, uint32_t page);
	void *damaged_arg;
	uint32_t temporary;	/* files so far */
};

struct vfile {
	sqlite3_file base;
	struct vfs *vfs;
	struct file *f;
	struct node *node;	/* of a main database; else NULL */
	int level;		/* SQLITE_LOCK_* we hold */
	uint32_t shm_shared, shm_exclusive; /* bits we hold */
	struct VEC(char) gathered;
	uint64_t gather_at;
	char name[NAME_MAX_];
	bool delete_at_close;
	bool unnamed;	/* its name may not yet last a loss of power */
	bool wal;
	uint32_t damaged;	/* see VFS_TAKE_DAMAGED */
};

static struct vfile *
vfile_of(sqlite3_file *f)
{
	return container_of(f, struct vfile, base);
}

static struct vfs *
vfs_of(sqlite3_vfs *v)
{
	return container_of(v, struct vfs, base);
}

static int
sqlite_code(int rc, int otherwise)
{
	if (rc == 0)
		return SQLITE_OK;
	if (rc == -ENOSPC || rc == -EDQUOT)
		return SQLITE_FULL;
	return rc == -EROFS ? SQLITE_READONLY : otherwise;
}

/* ---- checksums of pages ------------------------------------------------ */

static bool
is_page(const struct vfile *f, size_t n, uint64_t at)
{
	return f->node && n == PAGE_OCTETS && at % PAGE_OCTETS == 0;
}

static bool
is_summed(const struct vfile *f)
{
	return __atomic_load_n(&f->node->summed, __ATOMIC_RELAXED);
}

/* A page on its way into the database file. What the first one says counts from
 * then on: SQLite writes it before all others. */
static void
seal_page(struct vfile *f, char *page, uint64_t at)
{
	if (at == 0)
		__atomic_store_n(&f->node->summed, page[20] == PAGE_SUM,
		    __ATOMIC_RELAXED);
	if (is_summed(f))
		page_sum_put(page, (uint32_t)(at / PAGE_OCTETS) + 1);
}

static int
check_page(struct vfile *f, const char *page, uint64_t at)
{
	uint32_t number = (uint32_t)(at / PAGE_OCTETS) + 1;

	if (!is_summed(f) || page_sum_is_right(page, number))
		return SQLITE_OK;
	f->damaged = number;
	if (f->vfs->damaged)
		f->vfs->damaged(f->vfs->damaged_arg, number);
	return SQLITE_IOERR_DATA;
}

/* ---- octets ------------------------------------------------------------ */

static int
put_gathered(struct vfile *f)
{
	size_t n = f->gathered.n;

	f->gathered.n = 0;
	if (n == 0)
		return SQLITE_OK;
	return sqlite_code(f->f->files->ops->write(f->f, f->gathered.p, n,
	    f->gather_at), SQLITE_IOERR_WRITE);
}

static int
v_read(sqlite3_file *file, void *p, int n, sqlite3_int64 at)
{
	struct vfile *f = vfile_of(file);
	uint64_t from = (uint64_t)at, end = from + (uint64_t)n;
	size_t got;
	int rc = SQLITE_OK;

	if (f->gathered.n > 0 && from < f->gather_at + f->gathered.n &&
	    end > f->gather_at)
		rc = put_gathered(f);
	if (rc != SQLITE_OK)
		return rc;
	if (f->f->files->ops->read(f->f, p, (size_t)n, from, &got) < 0)
		return SQLITE_IOERR_READ;
	if (got == (size_t)n)
		return is_page(f, got, from) ? check_page(f, p, from)
					     : SQLITE_OK;
	memset((char *)p + got, 0, (size_t)n - got);
	return SQLITE_IOERR_SHORT_READ;
}

static int
v_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
	struct vfile *f = vfile_of(file);
	uint64_t from = (uint64_t)at;
	int rc = SQLITE_OK;

	if (f->gathered.n > 0 && (from != f->gather_at + f->gathered.n ||
	    f->gathered.n + (size_t)n > GATHER))
		rc = put_gathered(f);
	if (rc != SQLITE_OK)
		return rc;
	vec_reserve(&f->gathered, (size_t)n);
	if (f->gathered.n == 0)
		f->gather_at = from;
	memcpy(f->gathered.p + f->gathered.n, p, (size_t)n);
	if (is_page(f, (size_t)n, from))
		seal_page(f, f->gathered.p + f->gathered.n, from);
	f->gathered.n += (size_t)n;
	return SQLITE_OK;
}

static int
v_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct vfile *f = vfile_of(file);
	int rc = put_gathered(f);

	if (rc != SQLITE_OK)
		return rc;
	return sqlite_code(f->f->files->ops->truncate(f->f, (uint64_t)size),
	    SQLITE_IOERR_TRUNCATE);
}

static int
v_sync(sqlite3_file *file, int flags)
{
	struct vfile *f = vfile_of(file);
	int rc = put_gathered(f);

	(void)flags;
	if (rc != SQLITE_OK)
		return rc;
	/* Whatever the reason: after this the kernel's pages are in doubt. */
	if (f->f->files->ops->sync(f->f) < 0)
		return SQLITE_IOERR_FSYNC;
	if (f->unnamed && f->vfs->fs->ops->sync_dir(f->vfs->fs, ".") < 0)
		return SQLITE_IOERR_DIR_FSYNC;
	f->unnamed = false;
	if (f->wal && f->f->files->ops->is_named(f->f, f->name) < 0)
		f->vfs->lost_wal = true;
	return SQLITE_OK;
}

static int
v_size(sqlite3_file *file, sqlite3_int64 *size)
{
	struct vfile *f = vfile_of(file);
	int rc = put_gathered(f);
	uint64_t n;

	if (rc != SQLITE_OK)
		return rc;
	if (f->f->files->ops->size(f->f, &n) < 0)
		return SQLITE_IOERR_FSTAT;
	*size = (sqlite3_int64)n;
	return SQLITE_OK;
}

/* ---- locks of the database file ---------------------------------------- */

static int
take_lock(struct vfile *f, int level)
{
	struct node *n = f->node;

	if (level == SQLITE_LOCK_SHARED) {
		if (n->pending || n->exclusive)
			return SQLITE_BUSY;
		n->shared++;
	} else if (level == SQLITE_LOCK_RESERVED) {
		if (n->reserved)
			return SQLITE_BUSY;
		n->reserved = 1;
	} else {
		if (f->level < SQLITE_LOCK_PENDING && n->pending)
			return SQLITE_BUSY;
		n->pending = 1;
		if (f->level < SQLITE_LOCK_PENDING)
			f->level = SQLITE_LOCK_PENDING;
		if (level < SQLITE_LOCK_EXCLUSIVE)
			return SQLITE_OK;
		if (n->shared > 1)
			return SQLITE_BUSY;
		n->exclusive = 1;
	}
	f->level = level;
	return SQLITE_OK;
}

static int
v_lock(sqlite3_file *file, int level)
{
	struct vfile *f = vfile_of(file);
	int rc;

	if (!f->node || f->level >= level)
		return SQLITE_OK;
	pthread_mutex_lock(&f->vfs->lock);
	rc = take_lock(f, level);
	pthread_mutex_unlock(&f->vfs->lock);
	return rc;
}

static int
v_unlock(sqlite3_file *file, int level)
{
	struct vfile *f = vfile_of(file);
	struct node *n = f->node;

	if (!n || f->level <= level)
		return SQLITE_OK;
	pthread_mutex_lock(&f->vfs->lock);
	if (f->level >= SQLITE_LOCK_EXCLUSIVE)
		n->exclusive = 0;
	if (f->level >= SQLITE_LOCK_PENDING)
		n->pending = 0;
	if (f->level >= SQLITE_LOCK_RESERVED)
		n->reserved = 0;
	if (level == SQLITE_LOCK_NONE)
		n->shared--;
	f->level = level;
	pthread_mutex_unlock(&f->vfs->lock);
	return SQLITE_OK;
}

static int
v_check_reserved(sqlite3_file *file, int *held)
{
	struct vfile *f = vfile_of(file);

	*held = f->node && f->node->reserved;
	return SQLITE_OK;
}

/* ---- the WAL's index --------------------------------------------------- */

static int
v_shm_map(sqlite3_file *file, int i, int size, int extend,
    void volatile **out)
{
	struct vfile *f = vfile_of(file);
	struct node *n = f->node;

	*out = NULL;
	pthread_mutex_lock(&f->vfs->lock);
	while (n->regions.n <= (size_t)i && extend) {
		void *region = calloc(1, (size_t)size);

		bug_if(!region);
		vec_push(&n->regions, region);
	}
	if ((size_t)i < n->regions.n)
		*out = n->regions.p[i];
	pthread_mutex_unlock(&f->vfs->lock);
	return SQLITE_OK;
}

static bool
shm_free(const struct vfile *f, uint32_t mask, bool exclusive)
{
	const struct node *n = f->node;
	int i;

	for (i = 0; i < SQLITE_SHM_NLOCK; i++) {
		uint32_t bit = 1u << i;
		int others = n->shm_shared[i] - !!(f->shm_shared & bit);

		if (!(mask & bit))
			continue;
		if (n->shm_exclusive[i] && !(f->shm_exclusive & bit))
			return false;
		if (exclusive && others > 0)
			return false;
	}
	return true;
}

static void
shm_set(struct vfile *f, int i, bool exclusive, bool on)
{
	uint32_t bit = 1u << i, *held = exclusive ? &f->shm_exclusive :
						    &f->shm_shared;

	if (!!(*held & bit) == on)
		return;
	*held ^= bit;
	if (exclusive)
		f->node->shm_exclusive[i] = on;
	else
		f->node->shm_shared[i] += on ? 1 : -1;
}

static int
v_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	struct vfile *f = vfile_of(file);
	bool on = flags & SQLITE_SHM_LOCK;
	bool exclusive = flags & SQLITE_SHM_EXCLUSIVE;
	uint32_t mask = ((1u << n) - 1) << offset;
	int i, rc = SQLITE_OK;

	pthread_mutex_lock(&f->vfs->lock);
	if (on && !shm_free(f, mask, exclusive))
		rc = SQLITE_BUSY;
	else
		for (i = offset; i < offset + n; i++)
			shm_set(f, i, exclusive, on);
	pthread_mutex_unlock(&f->vfs->lock);
	return rc;
}

static void
v_shm_barrier(sqlite3_file *file)
{
	(void)file;
	__sync_synchronize();
}

static int
v_shm_unmap(sqlite3_file *file, int delete)
{
	struct vfile *f = vfile_of(file);
	int i;

	(void)delete; /* the memory goes with the node */
	pthread_mutex_lock(&f->vfs->lock);
	for (i = 0; i < SQLITE_SHM_NLOCK; i++) {
		shm_set(f, i, true, false);
		shm_set(f, i, false, false);
	}
	pthread_mutex_unlock(&f->vfs->lock);
	return SQLITE_OK;
}

/* ---- the rest of a file ------------------------------------------------ */

static int
v_file_control(sqlite3_file *file, int op, void *arg)
{
	struct vfile *f = vfile_of(file);

	if (op != VFS_TAKE_DAMAGED)
		return SQLITE_NOTFOUND;
	*(uint32_t *)arg = f->damaged;
	f->damaged = 0;
	return SQLITE_OK;
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

static void
node_unref(struct node *n)
{
	if (--n->refs > 0)
		return;
	list_unlink(&n->link);
	for (size_t i = 0; i < n->regions.n; i++)
		free(n->regions.p[i]);
	vec_free(&n->regions);
	file_close(n->locked);
	free(n);
}

/* Somebody who just looks has it for a moment: wait as long. */
static int
lock_out_others(struct vfs *v, const char *name, struct file **out)
{
	struct timespec pause = { 0, LOCK_PAUSE_MS * 1000000L };
	struct file *f;
	int rc = v->fs->ops->open(v->fs, name, 0, &f);

	if (rc < 0)
		return SQLITE_CANTOPEN;
	for (int ms = 0; ms < LOCK_WAIT_MS; ms += LOCK_PAUSE_MS) {
		rc = v->fs->ops->lock(f, LOCK_BYTES, LOCK_BYTES_N);
		if (rc != -EAGAIN)
			break;
		nanosleep(&pause, NULL);
	}
	if (rc < 0) {
		file_close(f);
		return rc == -EAGAIN ? SQLITE_BUSY : SQLITE_IOERR_LOCK;
	}
	*out = f;
	return SQLITE_OK;
}

/* The file is there. */
static int
node_ref(struct vfs *v, const char *name, struct node **out)
{
	struct file *locked = NULL;
	struct node *made;
	int rc;

	list_each(struct node, n, &v->nodes, link) {
		if (strcmp(n->name, name) != 0)
			continue;
		n->refs++;
		*out = n;
		return SQLITE_OK;
	}
	rc = lock_out_others(v, name, &locked);
	if (rc != SQLITE_OK)
		return rc;
	made = calloc(1, sizeof(*made));
	bug_if(!made);
	made->locked = locked;
	made->summed = page_sums_are_used(locked);
	(void)snprintf(made->name, sizeof(made->name), "%s", name);
	list_append(&v->nodes, &made->link);
	made->refs = 1;
	*out = made;
	return SQLITE_OK;
}

static int
v_close(sqlite3_file *file)
{
	struct vfile *f = vfile_of(file);
	int rc = put_gathered(f);

	(void)v_unlock(file, SQLITE_LOCK_NONE);
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
	.xRead = v_read,
	.xWrite = v_write,
	.xTruncate = v_truncate,
	.xSync = v_sync,
	.xFileSize = v_size,
	.xLock = v_lock,
	.xUnlock = v_unlock,
	.xCheckReservedLock = v_check_reserved,
	.xFileControl = v_file_control,
	.xSectorSize = v_sector_size,
	.xDeviceCharacteristics = v_characteristics,
	.xShmMap = v_shm_map,
	.xShmLock = v_shm_lock,
	.xShmBarrier = v_shm_barrier,
	.xShmUnmap = v_shm_unmap,
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
	if (strlen(name) >= NAME_MAX_)
		return SQLITE_CANTOPEN;
	f->unnamed = v->fs->ops->exists(v->fs, name) < 0;
	rc = v->fs->ops->open(v->fs, name, how, &f->f);
	if (rc == -EROFS && flags & SQLITE_OPEN_WAL)
		f->f = vfs_no_wal();
	else if (rc < 0)
		return sqlite_code(rc, SQLITE_CANTOPEN);
	rc = SQLITE_OK;
	f->vfs = v;
	f->delete_at_close = flags & SQLITE_OPEN_DELETEONCLOSE;
	(void)snprintf(f->name, sizeof(f->name), "%s", name);
	if (flags & SQLITE_OPEN_MAIN_DB) {
		pthread_mutex_lock(&v->lock);
		rc = node_ref(v, name, &f->node);
		pthread_mutex_unlock(&v->lock);
	}
	if (rc != SQLITE_OK) {
		file_close(f->f);
		return rc;
	}
	f->wal = flags & SQLITE_OPEN_WAL && !f->f->read_only;
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
		.mxPathname = NAME_MAX_,
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
