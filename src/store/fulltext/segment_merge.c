/*
 * segment_merge.c - several segments become one.
 *
 * Their words are in order, so all are read once, side by side. A message that
 * goes leaves its words behind only where another one has them.
 */
#include "base/crc32c.h"
#include "store/fulltext/segment_int.h"

#define NO_MESSAGE UINT32_MAX

struct source {
	const struct segment *s;
	struct buf octets;	/* all of it */
	struct str words, lists;
	uint32_t *number;	/* of each message in the new one */
	struct str word;	/* the next one; empty at the end */
	uint64_t value;
};

struct merging {
	struct source *from;
	size_t n;
	struct segment_out out;
	struct VEC(uint32_t) list;
	struct err *err;
};

static struct str
piece(const struct source *x, uint64_t at, size_t n)
{
	return str_first(str_from(buf_get(&x->octets), (size_t)(at -
	    x->s->at)), n);
}

/* All of a segment, compared with its sums. */
static int
open_source(struct file *f, struct source *x, struct err *err)
{
	const struct segment *s = x->s;
	struct rd sums;
	int rc = segment_read(f, s->at, (size_t)segment_octets(s),
	    &x->octets, err);
	struct str all;

	if (rc < 0)
		return rc;
	all = piece(x, segment_sums_at(s, 0), (size_t)(segment_lists_at(s, 0)
	    - segment_sums_at(s, 0)));
	if (crc32c(0, all.p, all.n) != s->sum_sums)
		return segment_damaged(err);
	all = piece(x, s->at + SEGMENT_HEADER,
	    (size_t)SEGMENT_MESSAGE * s->messages);
	if (crc32c(0, all.p, all.n) != s->sum_messages)
		return segment_damaged(err);
	sums = rd_of(piece(x, segment_sums_at(s, 0), (size_t)(
	    segment_lists_at(s, 0) - segment_sums_at(s, 0))));
	for (int i = 0; i < WORDS_PARTS; i++) {
		struct str block, left = piece(x, segment_lists_at(s, i),
		    s->lists[i]);

		all = piece(x, segment_words_at(s, i), s->words[i]);
		if (crc32c(0, all.p, all.n) != s->sum_words[i])
			return segment_damaged(err);
		for (; left.n > 0; left = str_from(left, block.n)) {
			block = str_first(left, LIST_BLOCK);
			if (crc32c(0, block.p, block.n) != rd_le32(&sums))
				return segment_damaged(err);
		}
	}
	return 0;
}

/* Those that stay get numbers. */
static void
take_messages(struct merging *m, struct source *x, const bool *gone)
{
	struct rd r = rd_of(piece(x, x->s->at + SEGMENT_HEADER,
	    (size_t)SEGMENT_MESSAGE * x->s->messages));

	x->number = calloc((size_t)x->s->messages + 1, sizeof(*x->number));
	bug_if(!x->number);
	for (uint32_t i = 0; i < x->s->messages; i++) {
		struct indexed one = { .email = rd_le64(&r) };

		one.mark = rd_le32(&r);
		x->number[i] = NO_MESSAGE;
		if (gone && gone[i])
			continue;
		x->number[i] = m->out.head.messages;
		segment_out_message(&m->out, one.email, one.mark);
	}
}

/* ---- words ----------------------------------------------------------- */

static int
next_word(struct source *x, struct err *err)
{
	size_t n = 0, digits;

	while (n < x->words.n &&
	    (unsigned char)x->words.p[n] >= WORD_OCTET_LEAST)
		n++;
	x->word = str_first(x->words, n);
	if (x->words.n == 0)
		return 0;
	digits = segment_number(str_from(x->words, n), &x->value);
	if (n == 0 || digits == 0 || n + digits >= x->words.n ||
	    x->words.p[n + digits] != '\n')
		return segment_damaged(err);
	x->words = str_from(x->words, n + digits + 1);
	return 0;
}

static int
begin_part(struct source *x, int part, struct err *err)
{
	x->words = piece(x, segment_words_at(x->s, part), x->s->words[part]);
	x->lists = piece(x, segment_lists_at(x->s, part), x->s->lists[part]);
	if (x->words.n == 0 || x->words.p[0] != '\n')
		return segment_damaged(err);
	x->words = str_from(x->words, 1);
	return next_word(x, err);
}

static void
list_one(struct merging *m, const struct source *x, uint32_t message)
{
	if (x->number[message] != NO_MESSAGE)
		vec_push(&m->list, x->number[message]);
}

/* The messages of its word. */
static int
list_all(struct merging *m, const struct source *x)
{
	struct rd r = rd_of(str_from(x->lists, (size_t)(x->value >> 1)));
	uint32_t n, step, message = 0;

	if (!(x->value & 1)) {
		if (x->value >> 1 >= x->s->messages)
			return segment_damaged(m->err);
		list_one(m, x, (uint32_t)(x->value >> 1));
		return 0;
	}
	if (!segment_take(&r, &n))
		return segment_damaged(m->err);
	for (uint32_t i = 0; i < n; i++) {
		if (!segment_take(&r, &step) || (i > 0 && step == 0) ||
		    step >= x->s->messages - message)
			return segment_damaged(m->err);
		message += step;
		list_one(m, x, message);
	}
	return 0;
}

static int
merge_part(struct merging *m, int part)
{
	struct str word;
	size_t i;
	int rc = 0;

	segment_out_part(&m->out);
	for (i = 0; i < m->n && rc == 0; i++)
		rc = begin_part(&m->from[i], part, m->err);
	while (rc == 0) {
		word = STR_NULL;
		for (i = 0; i < m->n; i++)
			if (m->from[i].word.n && (word.n == 0 ||
			    str_cmp(m->from[i].word, word) < 0))
				word = m->from[i].word;
		if (word.n == 0)
			break;
		m->list.n = 0;
		for (i = 0; i < m->n && rc == 0; i++) {
			struct source *x = &m->from[i];

			if (!str_eq(x->word, word))
				continue;
			rc = list_all(m, x);
			if (rc == 0)
				rc = next_word(x, m->err);
			/* Each comes once: they are in order. */
			if (rc == 0 && x->word.n && str_cmp(x->word, word) <= 0)
				rc = segment_damaged(m->err);
		}
		if (rc == 0 && m->list.n > 0)
			segment_out_word(&m->out, part, word, m->list.p,
			    m->list.n);
	}
	segment_out_part_end(&m->out, part);
	return rc;
}

int
segment_merge(struct file *f, const struct segment *from, size_t n,
    const bool *gone, struct buf *out, struct err *err)
{
	struct merging m = { .n = n, .err = err };
	int rc = 0;

	m.from = calloc(n, sizeof(*m.from));
	bug_if(!m.from || n == 0);
	segment_out_begin(&m.out, from[0].version);
	for (size_t i = 0; i < n && rc == 0; i++) {
		m.from[i] = (struct source){ .s = &from[i],
			.octets = BUF_INIT(SEGMENT_LIMIT) };
		rc = open_source(f, &m.from[i], err);
		if (rc == 0)
			take_messages(&m, &m.from[i], gone);
		gone = gone ? gone + from[i].messages : NULL;
	}
	for (int i = 0; i < WORDS_PARTS && rc == 0; i++)
		rc = merge_part(&m, i);
	if (rc == 0)
		segment_out_put(&m.out, out);
	for (size_t i = 0; i < n; i++) {
		buf_free(&m.from[i].octets);
		free(m.from[i].number);
	}
	segment_out_free(&m.out);
	vec_free(&m.list);
	free(m.from);
	return rc;
}
