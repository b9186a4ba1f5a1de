/*
 * backup_prune.h - old points go, and what only they had.
 */
#pragma once
#include "admin/backup_dir.h"

struct backup_pruned {
	uint64_t points, files;
};

/* All points but the last `keep`, and shared files that no point names any
 * more. Where a manifest cannot be read no file goes. d lists what is left. */
int backup_prune(struct backup_dir *d, size_t keep, struct arena *a,
    struct backup_pruned *out, struct err *err);
