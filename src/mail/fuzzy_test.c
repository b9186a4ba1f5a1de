#include "base/test.h"
#include "mail/fuzzy.h"

static const struct {
	const char *wanted, *word;
	unsigned likeness;
} pairs[] = {
	{ "hello", "hello", 100 }, { "hello", "hellos", 70 },
	{ "a", "about", 70 }, { "hello", "help", 0 },
	/* A letter more, less, another; two the other way round. */
	{ "helo", "hello", 40 }, { "hello", "helo", 40 },
	{ "hello", "hallo", 40 }, { "hello", "ehllo", 40 },
	{ "hello", "helol", 40 }, { "abcd", "acbd", 40 },
	{ "abcd", "xabcd", 40 }, { "abcd", "bcd", 40 },
	/* Two of them, or in a word of three letters. */
	{ "hello", "halo", 0 }, { "hello", "ehlol", 0 },
	{ "hel", "hal", 0 }, { "hello", "lhelo", 0 },
	{ "hello", "olleh", 0 }, { "hello", "h", 0 },
	/* A letter is a character. */
	{ "k\xc3\xb6ln", "k\xc3\xbcln", 40 },
	{ "k\xc3\xb6ln", "koln", 40 },
	{ "k\xc3\xb6l", "k\xc3\xbcl", 0 },
	/* What is none is octets. */
	{ "ab\xff" "d", "ab\xfe" "d", 40 },
};

static void
test_likeness(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(pairs); i++) {
		struct str wanted = str_c(pairs[i].wanted);
		struct str word = str_c(pairs[i].word), head, tail;

		assert_int_equal(fuzzy_likeness(wanted, word),
		    pairs[i].likeness);
		if (pairs[i].likeness == 0)
			continue;
		fuzzy_ends(wanted, &head, &tail);
		assert_true(str_starts(word, head) ||
		    (tail.p && str_endsi(word, tail)));
	}
}

/* Whatever is one letter away has an end of it. */
static void
test_ends(void **state unused_arg)
{
	static const char wanted[] = "abcdefgh";

	for (size_t n = 4; n <= 8; n++) {
		struct str w = str_make(wanted, n), head, tail;

		fuzzy_ends(w, &head, &tail);
		for (size_t i = 0; i < 4 * n; i++) {
			size_t at = i / 4;
			char word[12];
			size_t len = n;

			memcpy(word, wanted, n);
			if (i % 4 == 0) {
				word[at] = 'x';
			} else if (i % 4 == 1) {
				memmove(word + at, word + at + 1, n - at - 1);
				len = n - 1;
			} else if (i % 4 == 2) {
				memmove(word + at + 1, word + at, n - at);
				word[at] = 'x';
				len = n + 1;
			} else if (at + 1 < n) {
				word[at] = wanted[at + 1];
				word[at + 1] = wanted[at];
			}
			assert_true(fuzzy_likeness(w, str_make(word, len)));
			assert_true(str_starts(str_make(word, len), head) ||
			    str_endsi(str_make(word, len), tail));
		}
	}
}

static const struct {
	const char *wanted, *header, *body;
	unsigned score;
} texts[] = {
	{ "mail break", "mail break", "", 100 },
	{ "mail break", "is mail breaking?", "", 85 },
	{ "mail break", "break-mail", "", 100 },
	{ "mail break", "mail", "", 0 },
	{ "mail break", "mail", "a break", 87 },
	{ "mail break", "", "mail break", 75 },
	{ "hello", "", "helo", 30 },
	{ "hello", "helo", "hello", 75 },
	{ "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
	    "\xe6\x9c\xac\xe8\xaa\x9e \xe6\x97\xa5\xe6\x9c\xac", "", 100 },
};

static void
test_texts(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(texts); i++) {
		struct fuzzy *f = fuzzy_new(str_c(texts[i].wanted));

		for (int round = 0; round < 2; round++) {
			fuzzy_begin(f);
			fuzzy_text(f, str_c(texts[i].header), 100);
			fuzzy_text_end(f, 100);
			fuzzy_text(f, str_c(texts[i].body), 75);
			fuzzy_text_end(f, 75);
			assert_int_equal(fuzzy_score(f), texts[i].score);
		}
		fuzzy_free(f);
	}
	assert_null(fuzzy_new(STR("")));
	assert_null(fuzzy_new(STR("-- ?")));
}

/* The first words count. */
static void
test_many(void **state unused_arg)
{
	struct fuzzy *f = fuzzy_new(STR("a b c d e f g h i j k l m n o p q "
	    "r"));

	assert_int_equal(fuzzy_words(f), FUZZY_WORDS_MAX);
	fuzzy_text(f, STR("p o n m l k j i h g f e d c b a"), 100);
	fuzzy_text_end(f, 100);
	assert_int_equal(fuzzy_score(f), 100);
	fuzzy_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_likeness),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
