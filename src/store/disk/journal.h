/*
 * journal.h - the life of every message, in files of its own by day.
 *
 * Evidence, not mail: rows gather in memory and are written in batches; a
 * power cut may lose the last second; nobody waits for them. A record is
 * u32 length, u32 crc32c of the row, and the row (struct journal_row).
 */
#pragma once
#include "store/disk/file.h"
#include "store/messages.h"

struct journal;

struct journal *journal_new(struct files *fs);
void journal_free(struct journal *j);

/* Any thread. Rows beyond the bound are dropped and counted. */
void journal_add(struct journal *j, const struct journal_row *row);
/* Rows encoded by journal_encode(). */
void journal_add_encoded(struct journal *j, struct str records, int64_t at_us);
void journal_encode(struct buf *b, const struct journal_row *row);
/* Write what waits. Any thread. */
void journal_flush(struct journal *j, int64_t now_us);
/* Remove files of days before this (seconds since 1970). */
void journal_drop_before(struct journal *j, int64_t day);

/* Rows of a day from offset, up to about max octets, into out (a list of
 * journal_row); *next is where the following ones begin, the same offset at
 * the end. E_NOTFOUND if there is none of that day. */
int journal_read(struct journal *j, struct str day, uint64_t offset,
    size_t max, struct buf *out, uint64_t *next, struct err *err);
