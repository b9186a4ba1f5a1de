/*
 * backup_manifest.h - what a point in time of a backup consists of: a text.
 *
 *   postern backup 1
 *   folder 0123456789abcdef          whose packs these are
 *   at 1764412717                    seconds since 1970 UTC
 *   fence 12                         which start of store it was
 *   version 12                       of the data
 *   postern.db 184320 0a1b2c3d       name (store/backup_name.h), octets,
 *   packs/0000000000000001 912 ...   crc32c of so many octets of the file
 *   end 2 89abcdef                   how many, crc32c of all above
 *
 * The database may be compressed (backup_zstd.h): it is "postern.db.zst" then,
 * and the other two are of what lies there.
 * A file may be longer by now: a later point has more of it. Pure.
 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "store/backup_name.h"

enum { MANIFEST_OCTETS_MAX = 512 << 20 };
#define MANIFEST_PACKED "postern.db.zst"

struct manifest {
	uint64_t folder, fence, version, at;
	uint64_t nfiles, octets;	/* of files: their sum */
	bool has_key;
	struct str files;		/* the lines, each a file */
};
struct manifest_file {
	struct str name;
	struct backup_name of;
	bool packed;	/* the database, compressed */
	uint64_t octets;
	uint32_t crc;
};

/* All of it, as it stands in the file; m->files lies in text. E_DAMAGED. */
int manifest_read(struct str text, struct manifest *m, struct err *err);
/* The next line of *lines, which moves on. False: there is none, or it is no
 * such line (then *lines is not empty). */
bool manifest_next(struct str *lines, struct manifest_file *f);

void manifest_put_head(struct buf *b, const struct manifest *m);
void manifest_put_file(struct buf *b, const struct manifest_file *f);
/* crc: of all that was put before. */
void manifest_put_end(struct buf *b, uint64_t nfiles, uint32_t crc);
