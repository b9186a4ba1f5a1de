/*
 * backup_make.h - a new point in time in a backup's folder, from what store
 * says and hands out.
 */
#pragma once
#include "admin/backup_dir.h"
#include "admin/operator.h"

struct backup_made {
	char point[POINT_NAME];
	uint64_t files, octets;			/* that belong to it */
	uint64_t copied_files, copied_octets;	/* of them, this time */
	uint64_t problems;			/* that were told */
};

/* key: a descriptor of vault.key, or -1 to leave it out. What is wrong with a
 * file of the data folder is told on stderr, and the others are copied: that
 * counts as a problem. */
int backup_make(struct admin *a, struct operator *op, struct backup_dir *d,
    int key, struct backup_made *out, struct err *err);
