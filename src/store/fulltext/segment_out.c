/*
 * segment_out.c - a segment as octets.
 */
#include "base/crc32c.h"
#include "store/fulltext/segment_int.h"

void
segment_out_begin(struct segment_out *o, uint32_t version)
{
	*o = (struct segment_out){ .head.version = version };
	o->messages = BUF_INIT((size_t)SEGMENT_MESSAGE * SEGMENT_MESSAGES);
	o->words = BUF_INIT(SEGMENT_LIMIT);
	for (int i = 0; i < WORDS_PARTS; i++)
		o->lists[i] = BUF_INIT(SEGMENT_LIMIT);
}

void
segment_out_free(struct segment_out *o)
{
	buf_free(&o->messages);
	buf_free(&o->words);
	for (int i = 0; i < WORDS_PARTS; i++)
		buf_free(&o->lists[i]);
}

void
segment_out_message(struct segment_out *o, uint64_t email, uint32_t mark)
{
	buf_le64(&o->messages, email);
	buf_le32(&o->messages, mark);
	o->head.messages++;
}

void
segment_out_part(struct segment_out *o)
{
	o->words_from = (uint32_t)o->words.n;
	buf_chr(&o->words, '\n');
}

static void
put_digits(struct buf *b, uint64_t v)
{
	int bits = 0;

	while (bits + DIGIT_BITS < 64 && v >> (bits + DIGIT_BITS))
		bits += DIGIT_BITS;
	for (; bits >= 0; bits -= DIGIT_BITS)
		buf_chr(b, (char)(DIGIT + ((v >> bits) &
		    ((1 << DIGIT_BITS) - 1))));
}

static void
put_number(struct buf *b, uint32_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_chr(b, (char)(0x80 | (v & 0x7f)));
	buf_chr(b, (char)v);
}

void
segment_out_word(struct segment_out *o, int part, struct str word,
    const uint32_t *messages, size_t n)
{
	struct buf *list = &o->lists[part];

	buf_str(&o->words, word);
	put_digits(&o->words, n == 1 ? (uint64_t)messages[0] << 1 :
	    (uint64_t)list->n << 1 | 1);
	buf_chr(&o->words, '\n');
	if (n == 1)
		return;
	put_number(list, (uint32_t)n);
	put_number(list, messages[0]);
	for (size_t i = 1; i < n; i++)
		put_number(list, messages[i] - messages[i - 1]);
}

void
segment_out_part_end(struct segment_out *o, int part)
{
	struct str words = str_from(buf_get(&o->words), o->words_from);

	o->head.words[part] = (uint32_t)words.n;
	o->head.sum_words[part] = crc32c(0, words.p, words.n);
	o->head.lists[part] = (uint32_t)o->lists[part].n;
}

static void
put_sums(struct segment_out *o, struct buf *b)
{
	for (int i = 0; i < WORDS_PARTS; i++)
		for (struct str s = buf_get(&o->lists[i]), block; s.n > 0;
		    s = str_from(s, block.n)) {
			block = str_first(s, LIST_BLOCK);
			buf_le32(b, crc32c(0, block.p, block.n));
		}
}

void
segment_out_put(struct segment_out *o, struct buf *b)
{
	auto_buf sums = BUF_INIT(SEGMENT_LIMIT);
	char header[SEGMENT_HEADER];

	put_sums(o, &sums);
	o->head.sum_messages = crc32c(0, o->messages.p, o->messages.n);
	o->head.sum_sums = crc32c(0, sums.p, sums.n);
	segment_put_header(header, &o->head);
	buf_put(b, header, sizeof(header));
	buf_str(b, buf_get(&o->messages));
	buf_str(b, buf_get(&o->words));
	buf_str(b, buf_get(&sums));
	for (int i = 0; i < WORDS_PARTS; i++)
		buf_str(b, buf_get(&o->lists[i]));
}
