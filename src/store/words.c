#include "store/words.h"

/*
 * A record is email (u64), content (u64), cut (u8), and for each part its
 * length (u32) and octets: words, each behind its length (u8). A condition of
 * words is where (u8), length (u8), octets.
 */

void
words_record_put(struct buf *b, const struct words_record *r)
{
	buf_le64(b, r->email);
	buf_le64(b, r->content);
	buf_chr(b, r->cut);
	for (int i = 0; i < WORDS_PARTS; i++) {
		buf_le32(b, (uint32_t)r->parts[i].n);
		buf_str(b, r->parts[i]);
	}
}

bool
words_record_take(struct rd *r, struct words_record *out)
{
	size_t octets = 0;

	out->email = rd_le64(r);
	out->content = rd_le64(r);
	out->cut = rd_le8(r) != 0;
	for (int i = 0; i < WORDS_PARTS; i++) {
		out->parts[i] = rd_take(r, rd_le32(r));
		octets += out->parts[i].n;
	}
	if (octets > WORDS_RECORD_MAX || out->email == 0)
		rd_fail(r);
	return rd_ok(r);
}

/* Its length and octets. */
static struct str
take_octets(struct rd *r)
{
	struct str s = rd_take(r, rd_le8(r));

	if (s.n == 0 || s.n > WORD_OCTETS_MAX)
		rd_fail(r);
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < WORD_OCTET_LEAST)
			rd_fail(r);
	return s;
}

void
words_put(struct buf *part, struct str word)
{
	buf_chr(part, (char)word.n);
	buf_str(part, word);
}

struct str
words_next(struct rd *part)
{
	return take_octets(part);
}

void
word_condition_put(struct buf *b, struct str octets, unsigned where)
{
	buf_chr(b, (char)where);
	buf_chr(b, (char)octets.n);
	buf_str(b, octets);
}

bool
word_condition_take(struct rd *r, struct word_condition *out)
{
	out->where = rd_le8(r);
	out->octets = take_octets(r);
	return rd_ok(r);
}
