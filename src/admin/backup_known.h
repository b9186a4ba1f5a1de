/*
 * backup_known.h - which octets of which shared files are in a backup already.
 */
#pragma once
#include "admin/backup_dir.h"
#include "base/map.h"
#include "base/vec.h"

struct known_file {
	uint64_t octets;
	uint32_t crc;
};
struct backup_known {
	struct map at;			/* kind, id, part -> index + 1 */
	struct VEC(struct known_file) files;
};

/* Of all points of this data folder, and of what was copied since the last. A
 * damaged manifest is none. */
void backup_known_read(struct backup_known *k, const struct backup_dir *d,
    uint64_t folder);
/* NULL: nothing of it is there. Good until the next one is put. */
const struct known_file *backup_known_find(const struct backup_known *k,
    const struct backup_name *name);
/* More of it than was known. */
void backup_known_put(struct backup_known *k, const struct manifest_file *f);
void backup_known_free(struct backup_known *k);
