#include "base/test.h"

#include "store/mailbox_name.h"

static void
test_names(void **state unused_arg)
{
	static const struct {
		const char *name;
		bool right;
	} cases[] = {
		{ "INBOX", true }, { "Inbox", false }, { "inbox/a", false },
		{ "INBOX/a", true }, { "INBOXes", true }, { "inboxes", true },
		{ "a/inbox", true }, { "a", true }, { "a/b/c", true },
		{ "", false }, { "/", false }, { "/a", false },
		{ "a/", false }, { "a//b", false }, { ".", true },
		{ "..", true }, { "a b", true }, { "%", true }, { "*", true },
		{ "\\", true }, { "\"", true }, { "#a", true },
		{ "Entw\xc3\xbcrfe", true }, { "\xf0\x9f\x93\xac", true },
		{ "\xfc", false }, { "\xc0\xaf", false },
		{ "\xed\xa0\x80", false }, { "a\tb", false },
		{ "a\nb", false }, { "a\rb", false }, { "a\x7f", false },
		{ "\xc2\x80", false }, { "\xc2\x9f", false },
		{ "\xc2\xa0", true }, { "\xe2\x80\xa8", false },
		{ "\xe2\x80\xa9", false },
		{ "1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6", true },
		{ "1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7", false },
	};

	for (size_t i = 0; i < NELEM(cases); i++) {
		const char *wrong = mailbox_name_is_wrong(
		    str_c(cases[i].name));

		if (!wrong != cases[i].right)
			fail_msg("%s: %s", cases[i].name, wrong);
	}
	assert_non_null(mailbox_name_is_wrong(str_make("a\0b", 3)));
	assert_non_null(mailbox_name_is_wrong(STR_NULL));
}

static void
test_long_names(void **state unused_arg)
{
	char name[MAILBOX_NAME_MAX + 1];

	memset(name, 'x', sizeof(name));
	assert_null(mailbox_name_is_wrong(str_make(name, MAILBOX_NAME_MAX)));
	assert_non_null(mailbox_name_is_wrong(str_make(name, sizeof(name))));
}

static void
test_above(void **state unused_arg)
{
	assert_str(mailbox_name_above(STR("a/b/c")), "a/b");
	assert_int_equal(mailbox_name_above(STR("a")).n, 0);
	assert_int_equal(mailbox_name_levels(STR("a")), 1);
	assert_int_equal(mailbox_name_levels(STR("a/b/c")), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_above),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
