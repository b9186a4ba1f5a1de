#include "base/test.h"

#include "mail/mailbox_text.h"

static void
test_names(void **state unused_arg)
{
	static const struct {
		const char *text, *name;
	} cases[] = {
		{ "", "" }, { "a/b", "a/b" }, { "Inbox", "INBOX" },
		{ "inbox/x", "INBOX/x" }, { "inbox/", "INBOX/" },
		{ "inboxes", "inboxes" }, { "a/inbox", "a/inbox" },
		{ "inbox/Entwu\xcc\x88rfe", "INBOX/Entw\xc3\xbcrfe" },
		/* RFC 5198 3: composed, also what looks the same. */
		{ "Entwu\xcc\x88rfe", "Entw\xc3\xbcrfe" },
		{ "Entw\xc3\xbcrfe", "Entw\xc3\xbcrfe" },
		{ "\xe2\x84\xab", "\xc3\x85" },
		{ "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c" },
		/* but nothing that means the same only: no NFKC */
		{ "\xef\xac\x81", "\xef\xac\x81" },
	};
	struct arena *a = arena_new(10000);

	for (size_t i = 0; i < NELEM(cases); i++) {
		struct str name = mailbox_text_name(str_c(cases[i].text), a);

		if (!name.p || !str_eq(name, str_c(cases[i].name)))
			fail_msg("%s: %.*s", cases[i].text, STR_FMT(name));
	}
	assert_null(mailbox_text_name(STR("\xfc"), a).p);
	assert_null(mailbox_text_name(STR("a\xed\xa0\x80"), a).p);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
