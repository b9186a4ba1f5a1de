/*
 * backup_zstd.h - the database of a point, compressed by zstd (RFC 8878).
 */
#pragma once
#include "base/err.h"
#include "base/str.h"

enum { BACKUP_LEVEL_MAX = 19 };	/* from there on it takes memory instead */

struct backup_zstd;
/* What comes out, piece by piece: 0 or E_*, which ends it. */
typedef int backup_zstd_out(void *arg, struct str octets, struct err *err);

/* level 1 to BACKUP_LEVEL_MAX: compress; 0: the other way round. */
struct backup_zstd *backup_zstd_new(int level, backup_zstd_out *out, void *arg);
/* E_DAMAGED: it was not compressed so, or is not as it was. */
int backup_zstd_put(struct backup_zstd *z, struct str octets, struct err *err);
/* There is no more; E_DAMAGED: there has to be. */
int backup_zstd_end(struct backup_zstd *z, struct err *err);
void backup_zstd_free(struct backup_zstd *z);	/* NULL is fine */
