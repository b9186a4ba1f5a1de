#include "imap/grammar/pattern.h"

#include "base/test.h"

static const struct {
	const char *pattern, *name;
	bool want;
} table[] = {
	{ "INBOX", "INBOX", true },
	{ "INBOX", "inbox", false },
	{ "*", "", true },
	{ "*", "a/b/c", true },
	{ "%", "a", true },
	{ "%", "a/b", false },
	{ "%/%", "a/b", true },
	{ "%/%", "a/b/c", false },
	{ "a/%", "a/b", true },
	{ "a/%", "a", false },
	{ "a*", "a/b", true },
	{ "a%", "ab", true },
	{ "a%", "a/b", false },
	{ "*c", "a/b/c", true },
	{ "%c", "a/b/c", false },
	{ "*%", "a/b", true },
	{ "%*", "a/b", true },
	{ "*b%", "a/bxb/y", false },
	{ "*b%", "a/bxb", true },
	{ "%a%/%b%", "xax/yby", true },
	{ "%a%/%b%", "xax/y/b", false },
	{ "a", "a*", false },
	{ "a*", "a*", true },
	{ "a%b", "a%b", true },
	{ "", "", true },
	{ "", "a", false },
};

static void
test_table(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(table); i++) {
		assert_int_equal(pattern_match(str_c(table[i].pattern),
		    str_c(table[i].name), '/'), table[i].want);
	}
}

/* What takes forever where wildcards are tried one within another. */
static void
test_many_wildcards(void **state unused_arg)
{
	char pattern[PATTERN_MAX + 1], name[900];

	memset(name, 'a', sizeof(name));
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = i % 2 ? 'a' : '*';
	pattern[PATTERN_MAX - 1] = 'b';
	assert_false(pattern_match(str_make(pattern, PATTERN_MAX),
	    str_make(name, sizeof(name)), '/'));
	pattern[PATTERN_MAX - 1] = 'a';
	assert_true(pattern_match(str_make(pattern, PATTERN_MAX),
	    str_make(name, sizeof(name)), '/'));
	assert_false(pattern_match(str_make(pattern, PATTERN_MAX + 1),
	    str_make(name, sizeof(name)), '/'));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_many_wildcards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
