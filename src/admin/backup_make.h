/*
 * backup_make.h - a new point in time in a backup's folder, from what store
 * says and hands out.
 */
#pragma once
#include "admin/backup_dir.h"
#include "admin/operator.h"

struct backup_how {
	int key;		/* a descriptor of vault.key; -1: without it */
	int level;		/* the database by zstd; 0: as it is */
};
struct backup_made {
	char point[POINT_NAME];
	uint64_t files, octets;			/* that belong to it */
	uint64_t copied_files, copied_octets;	/* of them, this time */
	uint64_t problems;			/* that were told */
};

/* What is wrong with a
 * file of the data folder is told on stderr, and the others are copied: that
 * counts as a problem. */
int backup_make(struct admin *a, struct operator *op, struct backup_dir *d,
    const struct backup_how *how, struct backup_made *out, struct err *err);
