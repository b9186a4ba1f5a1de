/*
 * backup_dir.h - the folder that a backup lies in.
 *
 *   postern-backup            what it is
 *   lock                      whoever writes has it alone
 *   points/2026-11-29T103837Z/
 *       manifest              of this point (backup_manifest.h); with it the
 *       postern.db            point is there, and without it is none
 *       vault.key
 *   files/0123456789abcdef/   of one data folder, for all its points:
 *       packs/ blobs/ journal/
 *       copied                what was copied since the last point
 *   unfinished/               the point that is being made
 *
 * A shared file only grows, and no octet of it that a manifest names is ever
 * written again; so whatever ends a backup half way, the points before it are
 * whole. Everything is 0600, or 0700, and synced before a manifest that names
 * it has its place.
 */
#pragma once
#include "admin/backup_manifest.h"
#include "base/arena.h"

enum { POINT_NAME = 24, BACKUP_PATH = 128 };

struct backup_dir {
	int fd, lock;
	const char *path;
	struct point_name *points;	/* the oldest first */
	size_t npoints;
};
struct point_name {
	char text[POINT_NAME];
};

enum backup_dir_use { BACKUP_DIR_READ, BACKUP_DIR_WRITE };

/* One that is there; to write, it may be missing or empty. E_BUSY: another one
 * writes there. Close it with backup_dir_close(). */
int backup_dir_open(struct backup_dir *d, const char *path,
    enum backup_dir_use use, struct arena *a, struct err *err);
void backup_dir_close(struct backup_dir *d);
int backup_dir_list(struct backup_dir *d, struct arena *a, struct err *err);

void point_name_put(char out[POINT_NAME], int64_t at);
int64_t point_name_time(const char *name);	/* 0: it makes no sense */
/* The last point at or before a time that is written as a point's name, or the
 * beginning of one, with or without ':'; NULL: the last of all. E_NOTFOUND. */
int backup_dir_find(const struct backup_dir *d, const char *when,
    const char **point, struct err *err);

/* The manifest of a point. *text is to be freed. */
int backup_dir_manifest(const struct backup_dir *d, const char *point,
    struct manifest *m, char **text, struct err *err);
/* Where a file of this point lies, below d->fd. */
void backup_dir_file(char out[BACKUP_PATH], const struct manifest *m,
    const char *point, const struct manifest_file *f);

/* What did not go as it should, with the path; a full disk so that people see
 * what it means. errno says why. */
int backup_dir_failed(const struct backup_dir *d, const char *what,
    struct err *err);
int backup_dir_make(const struct backup_dir *d, const char *path,
    struct err *err);
int backup_dir_sync(const struct backup_dir *d, const char *path,
    struct err *err);
