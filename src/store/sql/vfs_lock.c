#include "store/sql/vfs_int.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/attr.h"
#include "base/err.h"
#include "store/sql/page_sum.h"

/* What the unix VFS of SQLite locks of a database file: its pending octet, its
 * reserved one and 510 shared ones behind them ("os.h", sqlite.org/fileformat2
 * 1.4: the lock-byte page is never used for data). */
enum { LOCK_BYTES = 0x40000000, LOCK_BYTES_N = 512 };
enum { LOCK_WAIT_MS = 2000, LOCK_PAUSE_MS = 20 };

/* ---- between connections ----------------------------------------------- */

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

int
vfs_lock(sqlite3_file *file, int level)
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

int
vfs_unlock(sqlite3_file *file, int level)
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

int
vfs_check_reserved(sqlite3_file *file, int *held)
{
	struct vfile *f = vfile_of(file);

	*held = f->node && f->node->reserved;
	return SQLITE_OK;
}

/* ---- between processes -------------------------------------------------- */

void
node_unref(struct node *n)
{
	if (--n->refs > 0)
		return;
	list_unlink(&n->link);
	for (size_t i = 0; i < n->regions.n; i++)
		free(n->regions.p[i]);
	vec_free(&n->regions);
	vec_free(&n->frames);
	(void)pthread_rwlock_destroy(&n->frames_lock);
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
int
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
	bug_if(!made || pthread_rwlock_init(&made->frames_lock, NULL) != 0);
	made->locked = locked;
	made->summed = page_sums_are_used(locked);
	(void)snprintf(made->name, sizeof(made->name), "%s", name);
	list_append(&v->nodes, &made->link);
	made->refs = 1;
	*out = made;
	return SQLITE_OK;
}

struct node *
node_of_wal(struct vfs *v, const char *name)
{
	size_t n = strlen(name);

	list_each(struct node, of, &v->nodes, link)
		if (n > 4 && strlen(of->name) == n - 4 &&
		    memcmp(of->name, name, n - 4) == 0)
			return of;
	return NULL;
}
