#include "store/sql/vfs_int.h"

#include <stdlib.h>

#include "base/attr.h"
#include "base/err.h"

/* Of the locks of the index, the one of whoever copies the WAL into the
 * database (sqlite.org/walformat 2.3.1). */
enum { WAL_CKPT_LOCK = 1 };

int
vfs_shm_map(sqlite3_file *file, int i, int size, int extend,
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

int
vfs_shm_lock(sqlite3_file *file, int offset, int n, int flags)
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
	if (rc == SQLITE_OK && on && exclusive && mask & 1u << WAL_CKPT_LOCK)
		f->node->checkpointer = pthread_self();
	pthread_mutex_unlock(&f->vfs->lock);
	return rc;
}

void
vfs_shm_barrier(sqlite3_file *file)
{
	(void)file;
	__sync_synchronize();
}

int
vfs_shm_unmap(sqlite3_file *file, int delete)
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

bool
vfs_is_checkpointing(struct vfs *v, struct node *n)
{
	bool is;

	pthread_mutex_lock(&v->lock);
	is = n->shm_exclusive[WAL_CKPT_LOCK] &&
	    pthread_equal(n->checkpointer, pthread_self());
	pthread_mutex_unlock(&v->lock);
	return is;
}
