/*
 * wal.h - what SQLite's write-ahead log looks like, and whether one that a
 * crash has left is whole.              sqlite.org/fileformat2 4, walformat
 *
 * A header of 32 octets, then frames: 24 octets of header and a page. Each
 * frame has a checksum over itself and all before it, and the number that its
 * commit ends with, or 0. SQLite, when it recovers, takes what comes before
 * the first frame whose checksum is wrong.
 */
#pragma once
#include "base/err.h"
#include "store/disk/file.h"
#include "store/sql/page_sum.h"

enum { WAL_HEADER = 32, WAL_FRAME_HEADER = 24,
	WAL_FRAME = WAL_FRAME_HEADER + PAGE_OCTETS };

/* The number of the page in a frame, by its header. */
uint32_t wal_frame_page(const char *header);

/*
 * Would a recovery forget what was committed? A wrong frame is the torn end of
 * a commit that nobody was told of, and no damage, unless whole commits were
 * written behind it: these began when its sync was over. The header is synced
 * before the first frame. E_DAMAGED, with the frame; of the last commit of
 * all nobody can tell.
 */
int wal_check(struct files *fs, const char *name, struct err *err);
