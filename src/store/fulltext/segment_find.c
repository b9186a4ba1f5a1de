/*
 * segment_find.c - the messages of a segment that have a word.
 */
#include "base/crc32c.h"
#include "store/fulltext/segment_int.h"

/* Lists are read as far as they are needed. */
struct lists {
	struct file *f;
	const struct segment *s;
	int part;
	struct buf sums, octets;	/* octets: [from, from + n) */
	uint64_t from;
};

struct finding {
	const struct segment *s;
	struct lists lists;
	uint64_t *bits, from;
	struct err *err;
};

size_t
segment_number(struct str s, uint64_t *number)
{
	size_t i = 0;

	*number = 0;
	for (; i < s.n && is_digit(s.p[i]) && i < 12; i++)
		*number = *number << DIGIT_BITS |
		    ((unsigned char)s.p[i] - DIGIT);
	return i < 12 ? i : 0;
}

bool
segment_take(struct rd *r, uint32_t *number)
{
	uint64_t v = 0;

	for (int bits = 0; bits < 35 && rd_ok(r); bits += 7) {
		uint8_t octet = rd_le8(r);

		v |= (uint64_t)(octet & 0x7f) << bits;
		if (!(octet & 0x80)) {
			*number = (uint32_t)v;
			return rd_ok(r) && v <= UINT32_MAX;
		}
	}
	return false;
}

/* The whole blocks from `at` on that hold so many octets, compared with their
 * sums. */
static int
read_lists(struct lists *l, uint64_t at, size_t octets, struct err *err)
{
	uint64_t size = l->s->lists[l->part];
	uint64_t from = at / LIST_BLOCK * LIST_BLOCK, to = at + octets;
	size_t nsums = LIST_BLOCKS(l->s->lists[l->part]);
	struct str left, block;
	struct rd sums;
	int rc = 0;

	to = (to + LIST_BLOCK - 1) / LIST_BLOCK * LIST_BLOCK;
	if (to > size)
		to = size;
	if (l->sums.n == 0) {
		/* All parts' sums have one checksum. */
		size_t all = (size_t)(segment_lists_at(l->s, 0) -
		    segment_sums_at(l->s, 0));

		rc = segment_read_summed(l->f, segment_sums_at(l->s, 0), all,
		    l->s->sum_sums, &l->sums, err);
		if (rc < 0)
			return rc;
	}
	rc = segment_read(l->f, segment_lists_at(l->s, l->part) + from,
	    (size_t)(to - from), &l->octets, err);
	if (rc < 0)
		return rc;
	l->from = from;
	sums = rd_of(str_first(str_from(buf_get(&l->sums), (size_t)(
	    segment_sums_at(l->s, l->part) - segment_sums_at(l->s, 0))),
	    4 * nsums));
	(void)rd_take(&sums, (size_t)(4 * (from / LIST_BLOCK)));
	for (left = buf_get(&l->octets); left.n > 0;
	    left = str_from(left, block.n)) {
		block = str_first(left, LIST_BLOCK);
		if (crc32c(0, block.p, block.n) != rd_le32(&sums) ||
		    !rd_ok(&sums))
			return segment_damaged(err);
	}
	return 0;
}

static void
set_bit(struct finding *x, uint32_t message)
{
	uint64_t bit = x->from + message;

	x->bits[bit / 64] |= (uint64_t)1 << (bit % 64);
}

/* A list may be longer than what was read of it: then it is read again, as far
 * as it can be. */
static int
set_list(struct finding *x, uint64_t at)
{
	static const size_t tries[] = { 2 * LIST_BLOCK, 5u << 20 };
	struct lists *l = &x->lists;

	if (at >= l->s->lists[l->part])
		return segment_damaged(x->err);
	for (size_t t = 0; t < NELEM(tries); t++) {
		uint32_t n, message = 0, step;
		struct rd r;
		int rc;

		if (t > 0 || at < l->from || at >= l->from + l->octets.n) {
			rc = read_lists(l, at, tries[t], x->err);
			if (rc < 0)
				return rc;
		}
		r = rd_of(str_from(buf_get(&l->octets),
		    (size_t)(at - l->from)));
		if (!segment_take(&r, &n))
			continue;
		for (; n > 0 && segment_take(&r, &step); n--) {
			if (step >= x->s->messages - message)
				return segment_damaged(x->err);
			message += step;
			set_bit(x, message);
		}
		if (n == 0)
			return 0;
	}
	return segment_damaged(x->err);
}

/* It ends at p, where its number is. */
static int
set_word(struct finding *x, struct str number, size_t *digits)
{
	uint64_t v;

	*digits = segment_number(number, &v);
	if (*digits == 0)
		return segment_damaged(x->err);
	if (v & 1)
		return set_list(x, v >> 1);
	if (v >> 1 >= x->s->messages)
		return segment_damaged(x->err);
	set_bit(x, (uint32_t)(v >> 1));
	return 0;
}

static int
find_in_words(struct finding *x, struct str words,
    const struct word_condition *c)
{
	struct str s = words;
	size_t at, digits;
	int rc = 0;

	while (rc == 0 && (at = str_find(s, c->octets)) < s.n) {
		size_t end = at + c->octets.n;
		const char *before = s.p + at;
		bool is = !(c->where & WORD_AT_START) ||
		    (before > words.p && before[-1] == '\n');

		is = is && (!(c->where & WORD_AT_END) ||
		    (end < s.n && is_digit(s.p[end])));
		if (!is) {
			s = str_from(s, at + 1);
			continue;
		}
		while (end < s.n && (unsigned char)s.p[end] >=
		    WORD_OCTET_LEAST)
			end++;
		rc = set_word(x, str_from(s, end), &digits);
		s = str_from(s, end);
	}
	return rc;
}

int
segment_find(struct file *f, const struct segment *s, enum words_part part,
    const struct word_condition *c, uint64_t *bits, uint64_t from,
    struct buf *room, struct err *err)
{
	struct finding x = { .s = s, .bits = bits, .from = from, .err = err,
		.lists = { .f = f, .s = s, .part = (int)part,
		    .sums = BUF_INIT(SEGMENT_LIMIT),
		    .octets = BUF_INIT(SEGMENT_LIMIT) } };
	int rc = segment_read_summed(f, segment_words_at(s, (int)part),
	    s->words[part], s->sum_words[part], room, err);

	if (rc == 0)
		rc = find_in_words(&x, buf_get(room), c);
	buf_free(&x.lists.sums);
	buf_free(&x.lists.octets);
	return rc;
}
