/*
 * What a text needs is in every text that holds it, and where that is said,
 * only there.
 */
#include "base/test.h"

#include "mime/charset.h"
#include "mime/fold.h"
#include "mime/words.h"

enum { TRIES = 60000, WORDS_MAX = 400, TEXT_MAX = 4000 };

static uint64_t seed = 88172645463325252ull;

static uint32_t
chance(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 16) % n;
}

/* ---- words of a text ------------------------------------------------ */

struct list {
	struct arena *a;
	struct str word[WORDS_MAX];
	size_t n;
};

static void
keep_word(void *arg, struct str word)
{
	struct list *l = arg;

	assert_in_range(word.n, 1, WORD_OCTETS);
	for (size_t i = 0; i < word.n; i++)
		assert_true((unsigned char)word.p[i] >= WORD_LEAST);
	assert_true(l->n < WORDS_MAX);
	l->word[l->n++] = str_dup(l->a, word);
}

static void
words_of(struct str text, size_t each, struct list *l)
{
	struct words w = { 0 };

	l->n = 0;
	while (text.n > 0) {
		struct str piece = utf8_first(text, each + 4);

		words_more(&w, piece, keep_word, l);
		text = str_from(text, piece.n);
	}
	words_end(&w, keep_word, l);
}

static void
test_words(void **state unused_arg)
{
	static const struct {
		const char *text, *words;	/* with a space between */
	} rows[] = {
		{ "", "" }, { " .,- ", "" },
		{ "hello, world-wide: web2", "hello world wide web2" },
		{ "\xc3\xa4pfel", "\xc3\xa4pfel" },
		{ "it\xe2\x80\x99s", "it s" },
		{ "\xe4\xbc\x9a", "\xe4\xbc\x9a" },
		{ "\xe4\xbc\x9a\xe8\xae\xae\xe5\xae\xa4",
		    "\xe4\xbc\x9a\xe8\xae\xae \xe8\xae\xae\xe5\xae\xa4" },
		{ "a\xe4\xbc\x9a" "b", "a \xe4\xbc\x9a b" },
	};
	static struct list l;
	auto_buf b = BUF_INIT(4096);

	l.a = arena_new(1 << 20);
	for (size_t i = 0; i < NELEM(rows); i++) {
		words_of(str_c(rows[i].text), 100, &l);
		buf_reset(&b);
		for (size_t k = 0; k < l.n; k++) {
			buf_str(&b, k ? STR(" ") : STR_NULL);
			buf_str(&b, l.word[k]);
		}
		assert_str(buf_get(&b), rows[i].words);
	}
	arena_free(l.a);
}

/* ---- what a text needs ---------------------------------------------- */

struct judging {
	const struct list *words;
	bool all;	/* so far they are all there */
	size_t n;
};

static bool
holds(struct str word, struct str octets, unsigned where)
{
	if (where == (WORD_BEGINS | WORD_ENDS))
		return str_eq(word, octets);
	if (where == WORD_BEGINS)
		return str_starts(word, octets);
	if (where == WORD_ENDS)
		return word.n >= octets.n && str_eq(str_from(word, word.n -
		    octets.n), octets);
	return str_find(word, octets) < word.n;
}

static void
need(void *arg, struct str octets, unsigned where)
{
	struct judging *j = arg;
	bool is = false;

	assert_in_range(octets.n, 1, WORD_OCTETS);
	for (size_t i = 0; i < j->words->n; i++)
		is |= holds(j->words->word[i], octets, where);
	j->all &= is;
	j->n++;
}

/* Letters of all classes; few, so that texts are in each other. */
static const char *const letters[] = { "a", "b", "a", "b", "aabab", "0", " ",
	" ", "-", ".", "\xc3\xa4", "\xd0\xb6", "\xe4\xbc\x9a", "\xe8\xae\xae",
	"\xe2\x80\x99", "\xe0\xb8\x81", "\xf0\x9f\x98\x80", "\xef\xbf\xbd",
	"aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbb" };

static void
random_text(struct buf *b, uint32_t n, uint32_t kinds)
{
	auto_buf raw = BUF_INIT(TEXT_MAX);

	while (n-- > 0)
		buf_str(&raw, str_c(letters[chance(kinds)]));
	fold_text(b, buf_get(&raw));
}

static void
test_needles(void **state unused_arg)
{
	static struct list l;
	auto_buf text = BUF_INIT(TEXT_MAX), other = BUF_INIT(TEXT_MAX);
	size_t proven = 0, inside = 0, refuted = 0;

	l.a = arena_new(1 << 20);
	for (int i = 0; i < TRIES; i++) {
		struct judging j = { &l, true, 0 };
		struct str s, needle;
		bool exact, is;

		arena_reset(l.a);
		buf_reset(&text);
		buf_reset(&other);
		random_text(&text, chance(40), NELEM(letters));
		s = buf_get(&text);
		words_of(s, 1 + chance(70), &l);
		if (chance(2)) {	/* of the text itself */
			size_t from = chance((uint32_t)s.n + 1);

			from = utf8_first(s, from).n;
			needle = utf8_first(str_from(s, from),
			    chance(100));
		} else {
			random_text(&other, 1 + chance(4), NELEM(letters));
			needle = buf_get(&other);
		}
		exact = words_of_needle(needle, need, &j);
		is = needle.n == 0 || str_find(s, needle) < s.n;
		if (is && !j.all)
			print_error("%.*s | %.*s\n", STR_FMT(s),
			    STR_FMT(needle));
		assert_true(!is || j.all);
		if (exact)
			assert_true(j.n > 0 && is == j.all);
		proven += exact && is;
		inside += is;
		refuted += !j.all;
	}
	assert_true(proven > TRIES / 50 && inside > TRIES / 4 &&
	    refuted > TRIES / 10);
	arena_free(l.a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_needles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
