/*
 * backup_check.h - does every octet of a backup still have its checksum?
 */
#pragma once
#include "admin/backup_dir.h"

/* A file of a point, from its beginning on: 0, E_DAMAGED with its name. If to
 * is no less than 0, what was read is written there, unpacked. */
int backup_check_file(const struct backup_dir *d, const char *path,
    const struct manifest_file *f, int to, void (*tell)(void *arg,
    uint64_t octets), void *arg, struct err *err);

struct backup_checked {
	uint64_t points, files, octets, damaged;
};

/* All points. What is wrong is told a line each; a file that many points name
 * is read once. */
int backup_check(struct backup_dir *d, struct backup_checked *out,
    void (*problem)(void *arg, const char *text), void *arg, struct err *err);
