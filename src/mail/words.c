#include "mail/words.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/vec.h"
#include "mail/fuzzy.h"
#include "mime/collation.h"
#include "mime/words.h"

_Static_assert((int)WORD_OCTETS == (int)WORD_OCTETS_MAX &&
    (int)WORD_LEAST == (int)WORD_OCTET_LEAST, "store knows words");
_Static_assert((int)WORD_BEGINS == (int)WORD_AT_START &&
    (int)WORD_ENDS == (int)WORD_AT_END, "and where they are");

/* ---- words of a message ---------------------------------------------- */

enum { SLOTS = 2048 };	/* of a part, at first */

struct place {
	uint32_t hash, at;	/* at: 1 + where it begins; 0: unused */
	uint32_t round;		/* of another message: unused */
};

struct part {
	struct words words;
	struct buf octets;	/* words_put() */
	struct place *slot;
	size_t n, nslots;	/* nslots: a power of 2, or 0 */
};

struct gathering {
	struct part parts[WORDS_PARTS];
	uint32_t round;
	bool cut;
};

/* One of them. */
struct gathered_part {
	struct gathering *g;
	struct part *part;
};

struct gathering *
gathering_new(void)
{
	struct gathering *g = calloc(1, sizeof(*g));

	bug_if(!g);
	for (int i = 0; i < WORDS_PARTS; i++)
		g->parts[i].octets = BUF_INIT(WORDS_RECORD_MAX);
	gathering_begin(g);
	return g;
}

void
gathering_free(struct gathering *g)
{
	if (!g)
		return;
	for (int i = 0; i < WORDS_PARTS; i++) {
		buf_free(&g->parts[i].octets);
		free(g->parts[i].slot);
	}
	free(g);
}

void
gathering_begin(struct gathering *g)
{
	g->round++;
	g->cut = false;
	for (int i = 0; i < WORDS_PARTS; i++) {
		g->parts[i].words = (struct words){ 0 };
		buf_reset(&g->parts[i].octets);
		g->parts[i].n = 0;
	}
}

static uint32_t
hash_of(struct str s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 16777619u;
	return h ^ h >> 15;
}

static struct str
word_at(const struct part *p, uint32_t at)
{
	return str_make(p->octets.p + at + 1,
	    (unsigned char)p->octets.p[at]);
}

static bool
has_room(struct gathering *g, struct str word)
{
	size_t octets = 1 + word.n;

	for (int i = 0; i < WORDS_PARTS; i++)
		octets += g->parts[i].octets.n;
	return octets <= WORDS_RECORD_MAX;
}

/* The unused one for it, or the one that has it. */
static struct place *
place_of(const struct gathering *g, const struct part *p, uint32_t hash,
    struct str word)
{
	size_t k = hash & (p->nslots - 1);

	for (; p->slot[k].at && p->slot[k].round == g->round;
	    k = (k + 1) & (p->nslots - 1))
		if (p->slot[k].hash == hash &&
		    str_eq(word_at(p, p->slot[k].at - 1), word))
			break;
	return &p->slot[k];
}

/* More places, with those that are used. */
static void
grow_places(const struct gathering *g, struct part *p)
{
	struct part old = *p;

	p->nslots = old.nslots ? 2 * old.nslots : SLOTS;
	p->slot = calloc(p->nslots, sizeof(*p->slot));
	bug_if(!p->slot);
	for (size_t i = 0; i < old.nslots; i++)
		if (old.slot[i].at && old.slot[i].round == g->round)
			*place_of(g, p, old.slot[i].hash, word_at(&old,
			    old.slot[i].at - 1)) = old.slot[i];
	free(old.slot);
}

static void
gather_word(void *arg, struct str word)
{
	struct gathered_part *x = arg;
	struct part *p = x->part;
	uint32_t hash = hash_of(word);
	struct place *at;

	if (2 * (p->n + 1) > p->nslots)
		grow_places(x->g, p);
	at = place_of(x->g, p, hash, word);
	if (at->at && at->round == x->g->round)
		return;
	if (!has_room(x->g, word)) {
		x->g->cut = true;
		return;
	}
	*at = (struct place){ hash, (uint32_t)p->octets.n + 1,
		x->g->round };
	p->n++;
	words_put(&p->octets, word);
}

void
gathering_text(struct gathering *g, enum words_part part, struct str folded)
{
	struct gathered_part x = { g, &g->parts[part] };

	words_more(&x.part->words, folded, gather_word, &x);
}

void
gathering_text_end(struct gathering *g, enum words_part part)
{
	struct gathered_part x = { g, &g->parts[part] };

	words_end(&x.part->words, gather_word, &x);
}

void
gathering_cut(struct gathering *g)
{
	g->cut = true;
}

bool
gathering_is_cut(const struct gathering *g)
{
	return g->cut;
}

bool
gathering_put(struct gathering *g, uint64_t email, uint64_t content,
    struct buf *b)
{
	struct words_record r = { email, content, g->cut, { { 0 } } };
	size_t before = b->n;

	for (int i = 0; i < WORDS_PARTS; i++)
		r.parts[i] = buf_get(&g->parts[i].octets);
	words_record_put(b, &r);
	if (!buf_failed(b))
		return true;
	b->failed = false;
	b->n = before;
	return false;
}

/* ---- words of conditions --------------------------------------------- */

static const char *const known_fields[] = { "From", "To", "Cc", "Bcc",
	"Subject" };

bool
is_known_field(struct str name)
{
	for (size_t i = 0; i < NELEM(known_fields); i++)
		if (str_eqi(str_c(known_fields[i]), name))
			return true;
	return false;
}

enum { FUZZY_ASKED = 4 };	/* words of one that is fuzzy */

struct needing {
	struct buf words;
	size_t n;
};

static void
need_word(void *arg, struct str octets, unsigned where)
{
	struct needing *x = arg;

	/* The others say less, not something else. */
	if (x->n++ < WORD_CONDITIONS_MAX)
		word_condition_put(&x->words, octets, where);
}

/* A word with these octets there, which proves nothing. */
static struct condition *
one_word(const struct condition *c, struct arena *a, struct str octets,
    unsigned where)
{
	struct condition *word = arena_new_of(a, struct condition);
	auto_buf b = BUF_INIT(2 + WORD_OCTETS_MAX);

	word_condition_put(&b, octets, where);
	*word = (struct condition){ .kind = c->kind, .text = c->text,
		.name = c->name, .parts = c->parts,
		.words = str_dup(a, buf_get(&b)) };
	return word;
}

/* What each of its words has, as far as the index is asked (mail/fuzzy.h):
 * whatever says yes here has to be looked at. */
static void
put_fuzzy_words(struct condition *c, struct arena *a)
{
	struct fuzzy *f = fuzzy_new(c->text);
	struct condition **tail = &c->kids, unknown = *c;

	for (size_t i = 0; i < fuzzy_words(f) && i < FUZZY_ASKED; i++) {
		struct condition *either = arena_new_of(a, struct condition);
		struct str head, end;

		fuzzy_ends(fuzzy_word(f, i), &head, &end);
		*either = (struct condition){ .kind = COND_OR };
		either->kids = one_word(&unknown, a, head, WORD_BEGINS);
		if (end.p)
			either->kids->next = one_word(&unknown, a, end,
			    WORD_ENDS);
		*tail = either;
		tail = &either->next;
	}
	*c = (struct condition){ .kind = COND_AND, .kids = c->kids };
	fuzzy_free(f);
}

static void
put_words(struct condition *c, struct arena *a)
{
	struct needing x = { BUF_INIT(WORD_CONDITIONS_MAX *
		(2 + WORD_OCTETS_MAX)), 0 };
	bool exact;

	c->parts = c->kind == COND_BODY ? WORDS_OF_BODY :
	    c->kind == COND_TEXT ? WORDS_OF_BODY | WORDS_OF_HEADER :
	    is_known_field(c->name) ? WORDS_OF_KNOWN : WORDS_OF_HEADER;
	if (c->fuzzy) {
		put_fuzzy_words(c, a);
		return;
	}
	exact = words_of_needle(c->text, need_word, &x);
	c->words = str_dup(a, buf_get(&x.words));
	buf_free(&x.words);
	c->exact = exact && c->kind != COND_FIELD &&
	    x.n <= WORD_CONDITIONS_MAX;
}

struct condition *
conditions_with_words(const struct condition *c, struct arena *a, bool *has)
{
	struct condition *copy = arena_new_of(a, struct condition);
	struct condition **tail = &copy->kids;

	*copy = *c;
	*tail = NULL;
	for (const struct condition *k = c->kids; k; k = k->next) {
		*tail = conditions_with_words(k, a, has);
		tail = &(*tail)->next;
	}
	copy->next = NULL;
	if ((c->kind == COND_FIELD || c->kind == COND_BODY ||
	    c->kind == COND_TEXT) && c->collation == COLLATION_FOLDED)
		put_words(copy, a);
	*has |= copy->words.n > 0 || copy->kind != c->kind;
	return copy;
}
