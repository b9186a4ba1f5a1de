/*
 * segment_int.h - what the files of segments share.
 */
#pragma once
#include "base/err.h"
#include "store/fulltext/segment.h"

#define LIST_BLOCKS(octets) (((octets) + LIST_BLOCK - 1u) / LIST_BLOCK)
enum { DIGIT = 0x10, DIGIT_BITS = 5 };

static inline bool
is_digit(char c)
{
	return (unsigned char)c >= DIGIT &&
	    (unsigned char)c < DIGIT + (1 << DIGIT_BITS);
}

void segment_put_header(char header[SEGMENT_HEADER], const struct segment *s);
uint64_t segment_words_at(const struct segment *s, int part);
uint64_t segment_sums_at(const struct segment *s, int part);
uint64_t segment_lists_at(const struct segment *s, int part);
int segment_damaged(struct err *err);
int segment_read(struct file *f, uint64_t at, size_t n, struct buf *out,
    struct err *err);
int segment_read_summed(struct file *f, uint64_t at, size_t n, uint32_t sum,
    struct buf *out, struct err *err);

/* Digits from the start of s: how many, 0 if they make no number. */
size_t segment_number(struct str s, uint64_t *number);
/* A number of a list. False: there is none. */
bool segment_take(struct rd *r, uint32_t *number);

/* A segment as it is made: words come part by part, in order. */
struct segment_out {
	struct segment head;
	struct buf messages, words, lists[WORDS_PARTS];
	uint32_t words_from;	/* where those of the part begin */
};
void segment_out_begin(struct segment_out *o, uint32_t version);
void segment_out_message(struct segment_out *o, uint64_t email,
    uint32_t mark);
void segment_out_part(struct segment_out *o);	/* begin it */
/* messages: ascending, at least one. */
void segment_out_word(struct segment_out *o, int part, struct str word,
    const uint32_t *messages, size_t n);
void segment_out_part_end(struct segment_out *o, int part);
void segment_out_put(struct segment_out *o, struct buf *b);
void segment_out_free(struct segment_out *o);
