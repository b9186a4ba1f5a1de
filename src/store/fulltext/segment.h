/*
 * segment.h - words of some messages, as octets that are written once.
 *
 *   header (SEGMENT_HEADER); at the end `slack` octets of no meaning; between
 *   messages: email u64, mark u32 each
 *   the words of each part: an LF, then each word, its number, an LF; in
 *     order of their octets. A number is digits of 5 bits, 0x10 + value, the
 *     highest first: twice the message that has it; where there are several
 *     messages, 1 and twice the place of their list
 *   sums (crc32c, u32) of each LIST_BLOCK octets of the lists, part by part
 *   the lists of each part: how many messages, the first, how much further
 *     each of the others is; 7 bits an octet, the lowest first
 *
 * Octets of words are above all digits, so a text is looked for in the words
 * of a part as they stand, at the speed of memory; an index of its own for
 * that would be several times as large. Everything has a checksum, and what is
 * read is still bounds-checked: a wrong one costs time, and never memory.
 */
#pragma once
#include "base/err.h"
#include "base/vec.h"
#include "store/disk/file.h"
#include "store/words.h"

enum {
	SEGMENT_HEADER = 64,
	SEGMENT_MESSAGE = 12,
	LIST_BLOCK = 16384,
	SEGMENT_MAX = 12 << 20,	/* none is merged beyond it */
	SEGMENT_LIMIT = 64 << 20, /* and none is this long */
	SEGMENT_MESSAGES = 1 << 20,
};

struct segment {
	uint64_t at;		/* where it begins */
	uint32_t version, messages;
	uint32_t words[WORDS_PARTS], lists[WORDS_PARTS];	/* octets */
	uint32_t sum_messages, sum_words[WORDS_PARTS], sum_sums;
	uint32_t slack;		/* before the next one */
};
/* Without the slack. */
uint64_t segment_octets(const struct segment *s);
/* false: these are no header of one. */
bool segment_parse(const char header[SEGMENT_HEADER], uint64_t at,
    struct segment *out);

/* A message in it. Cut: it has more words than these. */
struct indexed {
	uint64_t email;
	uint32_t mark;
};
enum { MARK_CUT = 1u << 31 };
/* What tells the message from another one of the same number. */
static inline uint32_t
mark_of(uint64_t content)
{
	return (uint32_t)content & ~(uint32_t)MARK_CUT;
}

/* 0 or E_DAMAGED, E_IO; out has room for s->messages. */
int segment_messages(struct file *f, const struct segment *s,
    struct indexed *out, struct err *err);

/* The messages with such a word: bits of theirs are set in `bits`, from the
 * bit `from` on, as many as the segment has messages. room holds what is read
 * and is reused. 0 or E_*. */
int segment_find(struct file *f, const struct segment *s, enum words_part part,
    const struct word_condition *c, uint64_t *bits, uint64_t from,
    struct buf *room, struct err *err);

/* ---- making one ------------------------------------------------------ */

struct segment_maker;
struct segment_maker *segment_begin(uint32_t version);
/* E_INVALID: it has something that is no word; nothing of it is there. */
int segment_add(struct segment_maker *m, const struct words_record *r,
    struct err *err);
uint32_t segment_count(const struct segment_maker *m);
/* As it is written; lies in it. */
struct str segment_end(struct segment_maker *m);
void segment_free(struct segment_maker *m);	/* NULL is fine */

/* One of several, without messages that are gone (a bool for each of them, in
 * order; NULL: all stay), as it is written, appended to out. 0 or E_*. */
int segment_merge(struct file *f, const struct segment *from, size_t n,
    const bool *gone, struct buf *out, struct err *err);
/* So many octets more are its own. */
void segment_put_slack(char header[SEGMENT_HEADER], uint32_t slack);
