/*
 * file.h - the only way of store to its disk.
 *
 * Packs, large blobs, the journal and SQLite (through vfs.h) all go through a
 * table of operations, so that a test can number every write and sync, fail
 * it, tear it, or crash there. Names are relative to the data folder. All
 * return 0 or a negative errno; a write is whole or failed.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FILE_CREATE = 1, FILE_EXCL = 2 };

struct files {
	const struct files_ops *ops;
};
struct file {
	struct files *files;
	bool read_only;	/* the file system is */
};

struct files_ops {
	/* Where the file system can only be read, so can the file: writing
	 * says -EROFS. */
	int (*open)(struct files *fs, const char *name, uint32_t how,
	    struct file **f);
	void (*close)(struct file *f);
	/* Short only at the end of the file. */
	int (*read)(struct file *f, void *p, size_t n, uint64_t at,
	    size_t *got);
	int (*write)(struct file *f, const void *p, size_t n, uint64_t at);
	int (*sync)(struct file *f);	/* fdatasync */
	int (*truncate)(struct file *f, uint64_t size);
	/* Room for this many octets, so that writing there cannot fail for
	 * lack of it; the size becomes at least that. */
	int (*allocate)(struct file *f, uint64_t size);
	int (*size)(struct file *f, uint64_t *size);
	int (*unlink)(struct files *fs, const char *name);
	int (*rename)(struct files *fs, const char *from, const char *to);
	int (*mkdir)(struct files *fs, const char *name); /* may exist */
	/* Names created and removed in dir ("." is the data folder) hold. */
	int (*sync_dir)(struct files *fs, const char *dir);
	int (*exists)(struct files *fs, const char *name);
	int (*list)(struct files *fs, const char *dir,
	    void (*fn)(void *arg, const char *name), void *arg);
	/* No other process may lock any of these octets until f is closed.
	 * -EAGAIN: one has. */
	int (*lock)(struct file *f, uint64_t at, uint64_t n);
	/* Does the name still lead to f? -ENOENT if not. */
	int (*is_named)(struct file *f, const char *name);
	/* Octets of the file system, and those that we could still write. */
	int (*room)(struct files *fs, uint64_t *total, uint64_t *unused);
};

/* The kernel's files beneath the folder open as dirfd (stays the caller's).
 * Free with free(). */
struct files *files_real(int dirfd);

/* Read exactly n octets: -EIO if the file ends before. */
int file_read_all(struct file *f, void *p, size_t n, uint64_t at);
static inline void
file_close(struct file *f)
{
	if (f)
		f->files->ops->close(f);
}
