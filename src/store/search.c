#include "store/search.h"

#include "base/err.h"
#include "base/rd.h"
#include "store/messages.h"
#include "store/words.h"

/*
 * A program is one condition, and a condition is
 *
 *	kind (u8), then by the shape of its kind:
 *	  nothing
 *	  numbers	low (u64)  high (u64)
 *	  text		length (u32)  octets
 *	  set		length (u32)  octets: pairs of u32
 *	  words		parts (u8)  exact (u8)  length (u32)  octets:
 *			conditions of words
 *	  kids		how many (u32)  the kids
 *
 * Nothing follows.
 */
enum shape { SHAPE_NONE, SHAPE_NUMBERS, SHAPE_TEXT, SHAPE_SET, SHAPE_WORDS,
	SHAPE_KIDS };

static const uint8_t shapes[CONDITION_KINDS] = {
	[COND_AND] = SHAPE_KIDS,
	[COND_OR] = SHAPE_KIDS,
	[COND_NOT] = SHAPE_KIDS,
	[COND_FLAG] = SHAPE_NUMBERS,
	[COND_KEYWORD] = SHAPE_TEXT,
	[COND_RECEIVED] = SHAPE_NUMBERS,
	[COND_RECEIVED_DAY] = SHAPE_NUMBERS,
	[COND_SIZE] = SHAPE_NUMBERS,
	[COND_CHANGED] = SHAPE_NUMBERS,
	[COND_CONTENT] = SHAPE_NUMBERS,
	[COND_THREAD] = SHAPE_NUMBERS,
	[COND_NUMBER] = SHAPE_SET,
	[COND_UID] = SHAPE_SET,
	[COND_SAVED_DAY] = SHAPE_NUMBERS,
	[COND_WORDS] = SHAPE_WORDS,
};
/* Of the kinds that a program has; the others are for the asker. */
#define KINDS_OF_ROWS COND_SENT_DAY
enum { PAIR = 8 };

/* ---- octets ------------------------------------------------------------- */

/* What all conditions but this one's set or text may still take. */
enum { LEAF_MOST = 1 + 16, RESERVED = CONDITIONS_MAX * LEAF_MOST };

/* False: there is none. */
static bool
has_room(struct buf *b, struct str octets)
{
	bool has = octets.n <= PROGRAM_MAX - RESERVED &&
	    b->n + octets.n <= PROGRAM_MAX - RESERVED;

	if (!has)
		buf_chr(b, COND_UNKNOWN);
	return has;
}

static void
put_octets(struct buf *b, enum condition_kind kind, struct str octets)
{
	if (!has_room(b, octets))
		return;
	buf_chr(b, (char)kind);
	buf_le32(b, (uint32_t)octets.n);
	buf_str(b, octets);
}

static void
put_words(struct buf *b, const struct condition *c)
{
	if (!has_room(b, c->words))
		return;
	buf_chr(b, COND_WORDS);
	buf_chr(b, (char)c->parts);
	buf_chr(b, c->exact);
	buf_le32(b, (uint32_t)c->words.n);
	buf_str(b, c->words);
}

static void
put_kids(struct buf *b, const struct condition *c)
{
	uint32_t n = 0;

	for (const struct condition *k = c->kids; k; k = k->next)
		n++;
	buf_chr(b, (char)c->kind);
	buf_le32(b, n);
	for (const struct condition *k = c->kids; k; k = k->next)
		condition_encode(k, b);
}

void
condition_encode(const struct condition *c, struct buf *b)
{
	enum condition_kind kind = c->kind < KINDS_OF_ROWS ? c->kind :
	    c->words.n > 0 ? COND_WORDS : COND_UNKNOWN;

	switch ((enum shape)shapes[kind]) {
	case SHAPE_NONE:
		buf_chr(b, (char)kind);
		break;
	case SHAPE_NUMBERS:
		buf_chr(b, (char)kind);
		buf_le64(b, (uint64_t)c->low);
		buf_le64(b, (uint64_t)c->high);
		break;
	case SHAPE_TEXT:
		put_octets(b, kind, c->text);
		break;
	case SHAPE_SET:
		put_octets(b, kind, c->set);
		break;
	case SHAPE_WORDS:
		put_words(b, c);
		break;
	case SHAPE_KIDS:
		put_kids(b, c);
		break;
	}
}

struct decoding {
	struct rd r;
	struct arena *a;
	size_t n, depth;
};

static struct condition *decode_one(struct decoding *d);

static void
decode_words(struct decoding *d, struct condition *c)
{
	struct word_condition one;
	struct rd words;

	c->parts = rd_le8(&d->r);
	c->exact = rd_le8(&d->r) != 0;
	c->words = rd_take(&d->r, rd_le32(&d->r));
	words = rd_of(c->words);
	for (size_t n = 0; !rd_done(&words); n++)
		if (n == WORD_CONDITIONS_MAX ||
		    !word_condition_take(&words, &one)) {
			rd_fail(&d->r);
			return;
		}
	if (c->words.n == 0)
		rd_fail(&d->r);
}

static void
decode_kids(struct decoding *d, struct condition *c)
{
	struct condition **tail = &c->kids;
	uint32_t n = rd_le32(&d->r);

	if (++d->depth > CONDITION_DEPTH_MAX)
		rd_fail(&d->r);
	for (; n > 0 && rd_ok(&d->r); n--) {
		*tail = decode_one(d);
		tail = &(*tail)->next;
	}
	d->depth--;
}

/* Never NULL. */
static struct condition *
decode_one(struct decoding *d)
{
	struct condition *c = arena_new_of(d->a, struct condition);
	uint8_t kind = rd_le8(&d->r);

	if (++d->n > CONDITIONS_MAX || kind >= KINDS_OF_ROWS)
		rd_fail(&d->r);
	if (!rd_ok(&d->r))
		return c;
	c->kind = (enum condition_kind)kind;
	switch ((enum shape)shapes[kind]) {
	case SHAPE_NONE:
		break;
	case SHAPE_NUMBERS:
		c->low = (int64_t)rd_le64(&d->r);
		c->high = (int64_t)rd_le64(&d->r);
		break;
	case SHAPE_TEXT:
		c->text = rd_take(&d->r, rd_le32(&d->r));
		break;
	case SHAPE_SET:
		c->set = rd_take(&d->r, rd_le32(&d->r));
		if (c->set.n % PAIR != 0)
			rd_fail(&d->r);
		break;
	case SHAPE_WORDS:
		decode_words(d, c);
		break;
	case SHAPE_KIDS:
		decode_kids(d, c);
		break;
	}
	return c;
}

int
condition_decode(struct str program, struct arena *a, struct condition **out)
{
	struct decoding d = { .r = rd_of(program), .a = a };
	struct condition *c = decode_one(&d);

	if (!rd_done(&d.r))
		return E_INVALID;
	*out = c;
	return 0;
}

size_t
condition_count(const struct condition *c)
{
	size_t n = 1;

	for (const struct condition *k = c->kids; k; k = k->next)
		n += condition_count(k);
	return n;
}

/* ---- judging ------------------------------------------------------------ */

/* AND ends at the first kid that says no, OR at the first that says yes, and
 * both are unknown if a kid is and none has ended them. */
enum verdict
condition_judge(const struct condition *c,
    enum verdict (*leaf)(void *arg, const struct condition *c), void *arg)
{
	enum verdict ends = c->kind == COND_AND ? VERDICT_NO : VERDICT_YES;
	enum verdict v = c->kind == COND_AND ? VERDICT_YES : VERDICT_NO;

	if (shapes[c->kind] != SHAPE_KIDS)
		return c->kind == COND_ALL ? VERDICT_YES : leaf(arg, c);
	for (const struct condition *k = c->kids; k; k = k->next) {
		enum verdict of_kid = condition_judge(k, leaf, arg);

		if (of_kid == ends) {
			v = ends;
			break;
		}
		if (of_kid == VERDICT_UNKNOWN)
			v = VERDICT_UNKNOWN;
	}
	if (c->kind != COND_NOT || v == VERDICT_UNKNOWN)
		return v;
	return v == VERDICT_YES ? VERDICT_NO : VERDICT_YES;
}

bool
keywords_have(struct str words, struct str wanted)
{
	struct str word;
	bool more = words.n > 0;

	while (more) {
		more = str_cut(words, ' ', &word, &words);
		if (str_eqi(word, wanted))
			return true;
	}
	return false;
}

static uint32_t
set_number(struct str set, size_t at)
{
	struct rd r = rd_of(str_from(set, at));

	return rd_le32(&r);
}

static bool
set_has(struct str set, uint32_t v)
{
	size_t lo = 0, hi = set.n / PAIR;

	/* The first pair that ends at v or behind it. */
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (set_number(set, mid * PAIR + 4) < v)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo * PAIR < set.n && set_number(set, lo * PAIR) <= v;
}

/* "559:*" names the last message also when its UID is below. */
static bool
set_has_uid(struct str set, uint32_t uid, uint32_t last)
{
	if (set.n == 0)
		return false;
	return set_has(set, uid) || (uid == last &&
	    set_number(set, set.n - 4) == UINT32_MAX);
}

enum verdict
condition_of_row(const struct condition *c, const struct searched *m)
{
	int64_t day = (int64_t)((uint64_t)m->received +
	    60 * (uint64_t)m->offset_min);
	bool is;

	switch (c->kind) {
	case COND_ALL:
		is = true;
		break;
	case COND_FLAG:
		is = (m->flags & (uint64_t)c->low) == (uint64_t)c->low;
		break;
	case COND_KEYWORD:
		is = keywords_have(m->keywords, c->text);
		break;
	case COND_RECEIVED:
		is = m->received >= c->low && m->received < c->high;
		break;
	case COND_RECEIVED_DAY:
		is = day >= c->low && day < c->high;
		break;
	case COND_SAVED_DAY:
		is = m->saved >= c->low && m->saved < c->high;
		break;
	case COND_SIZE:
		is = m->size >= (uint64_t)c->low &&
		    m->size < (uint64_t)c->high;
		break;
	case COND_CHANGED:
		is = m->modseq >= (uint64_t)c->low;
		break;
	case COND_CONTENT:
		is = m->content == (uint64_t)c->low;
		break;
	case COND_THREAD:
		is = m->thread == (uint64_t)c->low;
		break;
	case COND_NUMBER:
		is = set_has(c->set, m->seq);
		break;
	case COND_UID:
		is = set_has_uid(c->set, m->uid, m->last_uid);
		break;
	default:
		return VERDICT_UNKNOWN;
	}
	return is ? VERDICT_YES : VERDICT_NO;
}
