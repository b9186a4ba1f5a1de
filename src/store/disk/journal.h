/*
 * journal.h - the life of every message, in files of its own by day.
 *
 * Evidence, not mail: rows gather in memory and are written in batches; a
 * power cut may lose the last second; nobody waits for them. A record is
 * u32 length, u32 crc32c of the row, and the row (struct journal_row).
 *
 * A day has parts: "2026-11-22", "2026-11-22.1", "2026-11-22.2" ... Who floods
 * it shall neither fill the disk, nor silence it, nor wash away what was there
 * before: when there are too many parts, the first ones of the day stay, and
 * of the others the oldest goes, which is said in the log.
 */
#pragma once
#include "base/log.h"
#include "store/disk/file.h"
#include "store/messages.h"

struct journal;

/* 0 and NULL: the default, which is a gigabyte a day. */
struct journal_bounds {
	uint64_t part_octets;
	uint32_t first, last;	/* parts of a day that are kept */
};
struct journal *journal_new(struct files *fs,
    const struct journal_bounds *bounds, struct log *log);
void journal_free(struct journal *j);

/* Any thread. What comes faster than it can be written is dropped, and the log
 * says so. */
void journal_add(struct journal *j, const struct journal_row *row);
/* Rows encoded by journal_encode(). */
void journal_add_encoded(struct journal *j, struct str records, int64_t at_us);
void journal_encode(struct buf *b, const struct journal_row *row);
/* Write what waits. Any thread. */
void journal_flush(struct journal *j, int64_t now_us);
/* Remove files of days before this (seconds since 1970). */
void journal_drop_before(struct journal *j, int64_t day);

/* Rows of a day from a place in it (0: its beginning), up to about max octets,
 * into out (a list of journal_row); *next is where the following ones begin,
 * the same place at the end. There may be none before a next place. E_NOTFOUND
 * if there is no journal of that day. */
int journal_read(struct journal *j, struct str day, uint64_t offset,
    size_t max, struct buf *out, uint64_t *next, struct err *err);
