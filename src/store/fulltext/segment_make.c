/*
 * segment_make.c - a segment of messages whose words have come.
 */
#include "base/arena.h"
#include "store/fulltext/segment_int.h"

struct counted {
	struct str word;	/* in the maker's arena */
	uint32_t hash, n;	/* messages */
	uint32_t first, last;	/* in `mentions` */
};
struct mention {
	uint32_t message, next;
};
struct vocabulary {
	struct VEC(struct counted) words;
	uint32_t *slot;		/* 1 + place in words; 0: none */
	size_t nslots;		/* a power of 2, or 0 */
};

struct segment_maker {
	struct segment_out out;
	struct arena *mem;
	struct vocabulary parts[WORDS_PARTS];
	struct VEC(struct mention) mentions;
	struct VEC(uint32_t) list;
	struct buf octets;
};

struct segment_maker *
segment_begin(uint32_t version)
{
	struct segment_maker *m = calloc(1, sizeof(*m));

	bug_if(!m);
	m->mem = arena_new(SEGMENT_LIMIT);
	m->octets = BUF_INIT(SEGMENT_LIMIT);
	segment_out_begin(&m->out, version);
	return m;
}

void
segment_free(struct segment_maker *m)
{
	if (!m)
		return;
	for (int i = 0; i < WORDS_PARTS; i++) {
		vec_free(&m->parts[i].words);
		free(m->parts[i].slot);
	}
	vec_free(&m->mentions);
	vec_free(&m->list);
	segment_out_free(&m->out);
	buf_free(&m->octets);
	arena_free(m->mem);
	free(m);
}

uint32_t
segment_count(const struct segment_maker *m)
{
	return m->out.head.messages;
}

/* ---- words ----------------------------------------------------------- */

/* FNV-1a, begun anew for each segment: nobody outside knows which words come
 * to one number. */
static uint32_t
hash_of(const struct segment_maker *m, struct str s)
{
	uint32_t h = 2166136261u ^ (uint32_t)((uintptr_t)m >> 4);

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 16777619u;
	return h ^ h >> 15;
}

static void
grow_slots(struct vocabulary *v)
{
	size_t n = v->nslots ? 2 * v->nslots : 1024;

	free(v->slot);
	v->slot = calloc(n, sizeof(*v->slot));
	bug_if(!v->slot);
	v->nslots = n;
	for (size_t i = 0; i < v->words.n; i++) {
		size_t k = v->words.p[i].hash & (n - 1);

		while (v->slot[k])
			k = (k + 1) & (n - 1);
		v->slot[k] = (uint32_t)i + 1;
	}
}

static struct counted *
word_of(struct segment_maker *m, struct vocabulary *v, struct str word)
{
	uint32_t hash = hash_of(m, word);
	size_t k;

	if (2 * (v->words.n + 1) > v->nslots)
		grow_slots(v);
	for (k = hash & (v->nslots - 1); v->slot[k];
	    k = (k + 1) & (v->nslots - 1)) {
		struct counted *c = &v->words.p[v->slot[k] - 1];

		if (c->hash == hash && str_eq(c->word, word))
			return c;
	}
	vec_push(&v->words, (struct counted){ str_dup(m->mem, word), hash });
	v->slot[k] = (uint32_t)v->words.n;
	return &v->words.p[v->words.n - 1];
}

static void
mention(struct segment_maker *m, struct counted *c, uint32_t message)
{
	if (c->n > 0 && m->mentions.p[c->last].message == message)
		return;
	vec_push(&m->mentions, (struct mention){ message, 0 });
	if (c->n++ == 0)
		c->first = (uint32_t)m->mentions.n - 1;
	else
		m->mentions.p[c->last].next = (uint32_t)m->mentions.n - 1;
	c->last = (uint32_t)m->mentions.n - 1;
}

static bool
are_words(struct str part)
{
	struct rd r = rd_of(part);

	while (rd_ok(&r) && rd_left(&r) > 0)
		(void)words_next(&r);
	return rd_done(&r);
}

int
segment_add(struct segment_maker *m, const struct words_record *r,
    struct err *err)
{
	uint32_t message = m->out.head.messages;

	for (int i = 0; i < WORDS_PARTS; i++)
		if (!are_words(r->parts[i]))
			return err_set(err, E_INVALID, "no words");
	for (int i = 0; i < WORDS_PARTS; i++) {
		struct rd part = rd_of(r->parts[i]);

		while (rd_left(&part) > 0)
			mention(m, word_of(m, &m->parts[i],
			    words_next(&part)), message);
	}
	segment_out_message(&m->out, r->email, mark_of(r->content) |
	    (r->cut ? MARK_CUT : 0));
	return 0;
}

/* ---- octets ---------------------------------------------------------- */

static int
by_octets(const void *a, const void *b)
{
	return str_cmp(((const struct counted *)a)->word,
	    ((const struct counted *)b)->word);
}

struct str
segment_end(struct segment_maker *m)
{
	for (int i = 0; i < WORDS_PARTS; i++) {
		struct vocabulary *v = &m->parts[i];

		if (v->words.n > 0)
			qsort(v->words.p, v->words.n, sizeof(*v->words.p),
			    by_octets);
		segment_out_part(&m->out);
		for (size_t k = 0; k < v->words.n; k++) {
			const struct counted *c = &v->words.p[k];
			uint32_t at = c->first;

			m->list.n = 0;
			for (uint32_t n = c->n; n > 0; n--) {
				vec_push(&m->list, m->mentions.p[at].message);
				at = m->mentions.p[at].next;
			}
			segment_out_word(&m->out, i, c->word, m->list.p,
			    m->list.n);
		}
		segment_out_part_end(&m->out, i);
	}
	segment_out_put(&m->out, &m->octets);
	bug_if(buf_failed(&m->octets));
	return buf_get(&m->octets);
}
