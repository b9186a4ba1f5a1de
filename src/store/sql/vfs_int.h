/*
 * vfs_int.h - what the files of the VFS share: vfs.c (names and opening),
 * vfs_file.c (octets), vfs_sum.c (their checksums), vfs_lock.c (locks of the
 * database), vfs_index.c (the index of the WAL).
 */
#pragma once
#include <pthread.h>
#include <sqlite3.h>

#include "base/list.h"
#include "base/vec.h"
#include "store/sql/vfs.h"

enum { VFS_NAME_MAX = 64 };

/* A frame of the WAL as it was written, or as SQLite took it when it recovered;
 * page 0: not known. */
struct frame {
	uint32_t page, sum;
};

/* What the connections to one database file share. */
struct node {
	struct list_link link;
	char name[VFS_NAME_MAX];
	struct file *locked;	/* holds the lock against other processes */
	int refs;
	bool summed;		/* atomic: its pages have checksums */
	/* Locks of the file itself. */
	int shared, reserved, pending, exclusive;
	/* The WAL's index: regions of memory and locks. */
	struct VEC(void *) regions;
	int shm_shared[SQLITE_SHM_NLOCK];
	bool shm_exclusive[SQLITE_SHM_NLOCK];
	pthread_t checkpointer;	/* while the checkpoint lock is exclusive */
	/* The WAL's frames, and the lock of these. */
	pthread_rwlock_t frames_lock;
	struct VEC(struct frame) frames;
	uint32_t spoilt;	/* page that the checkpoint copies; or 0 */
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
	struct node *wal_of;	/* whose WAL it is; that is open for longer */
	int level;		/* SQLITE_LOCK_* we hold */
	uint32_t shm_shared, shm_exclusive; /* bits we hold */
	struct VEC(char) gathered;
	uint64_t gather_at;
	char name[VFS_NAME_MAX];
	bool delete_at_close;
	bool unnamed;	/* its name may not yet last a loss of power */
};

static inline struct vfile *
vfile_of(sqlite3_file *f)
{
	return container_of(f, struct vfile, base);
}

/* What SQLite calls it: 0 is good, -ENOSPC full ... */
int vfs_code(int rc, int otherwise);

/* vfs_file.c */
int vfs_put_gathered(struct vfile *f);
int vfs_read(sqlite3_file *file, void *p, int n, sqlite3_int64 at);
int vfs_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 at);
int vfs_truncate(sqlite3_file *file, sqlite3_int64 size);
int vfs_sync(sqlite3_file *file, int flags);
int vfs_size(sqlite3_file *file, sqlite3_int64 *size);

/* vfs_sum.c: octets on their way into the file, where checksums are put in or
 * remembered, and those that came out of it: SQLITE_OK or SQLITE_IOERR_DATA. */
void vfs_sum_written(struct vfile *f, char *p, size_t n, uint64_t at);
int vfs_sum_check(struct vfile *f, const char *p, size_t n, uint64_t at);
void vfs_sum_forget(struct vfile *f, uint64_t size);	/* behind it */

/* vfs_lock.c: the vfs is locked. */
int node_ref(struct vfs *v, const char *name, struct node **out);
void node_unref(struct node *n);
struct node *node_of_wal(struct vfs *v, const char *name);
int vfs_lock(sqlite3_file *file, int level);
int vfs_unlock(sqlite3_file *file, int level);
int vfs_check_reserved(sqlite3_file *file, int *held);

/* vfs_index.c */
int vfs_shm_map(sqlite3_file *file, int i, int size, int extend,
    void volatile **out);
int vfs_shm_lock(sqlite3_file *file, int offset, int n, int flags);
void vfs_shm_barrier(sqlite3_file *file);
int vfs_shm_unmap(sqlite3_file *file, int delete);
/* Is it this thread that copies the WAL into the database? */
bool vfs_is_checkpointing(struct vfs *v, struct node *n);
