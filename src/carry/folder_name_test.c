#include "base/test.h"
#include "carry/folder_name.h"
#include "store/mailbox_name.h"
#include "store/messages.h"

static struct arena *a;

struct row {
	const char *path, *want;
};

static void
check(struct str got, const char *want)
{
	assert_str(got, want);
	assert_null(mailbox_name_is_wrong(got));
}

static void
test_maildir(void **state unused_arg)
{
	static const struct row t[] = {
		{ "", "INBOX" }, { ".Work", "Work" },
		{ ".Work.2024", "Work/2024" }, { "Work/2024", "Work/2024" },
		{ ".inbox.Kept", "INBOX/Kept" }, { "Inbox", "INBOX" },
		{ ".Entw&APw-rfe", "Entwürfe" }, { "..a..b.", "a/b" },
		{ ".Entwürfe", "Entwürfe" }, { ".bad&name", "bad&name" },
		{ ".a&AC8-b", "a&AC8-b" },
		{ ".a&AC4-b.&AC4-", "a.b/." }, { ".x\x01y", "x_y" },
		{ ".\xff", "_" }, { ".a/b", "a_b" },
		{ ".1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18",
		    "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16.17.18" },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		check(folder_of_maildir(str_c(t[i].path), a), t[i].want);
}

static void
test_files(void **state unused_arg)
{
	static const struct row t[] = {
		{ "Work.sbd/2024", "Work/2024" }, { "Inbox", "INBOX" },
		{ "Inbox.sbd/Kept", "INBOX/Kept" },
		{ "Work/2024.mbox", "Work/2024" },
		{ "Old.mbox/mbox", "Old" }, { "mbox", "mbox" },
		{ "", "INBOX" }, { "/a//b/", "a/b" },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		check(folder_of_file(str_c(t[i].path), a), t[i].want);
}

static void
test_below(void **state unused_arg)
{
	check(folder_below(STR(""), STR("Work"), a), "Work");
	check(folder_below(STR("Old"), STR("Work"), a), "Old/Work");
	check(folder_below(STR("Old"), STR("INBOX"), a), "Old");
	check(folder_of_list(STR("A\tB"), '\t', a), "A/B");
}

/* It may be as long as somebody likes. */
static void
test_long(void **state unused_arg)
{
	auto_buf b = BUF_INIT(10000);

	while (b.n < 3000)
		buf_lit(&b, "ü/");
	assert_null(mailbox_name_is_wrong(folder_of_file(buf_get(&b), a)));
	buf_reset(&b);
	while (b.n < 3000)
		buf_lit(&b, "ü");
	assert_null(mailbox_name_is_wrong(folder_of_file(buf_get(&b), a)));
}

static void
test_use(void **state unused_arg)
{
	assert_int_equal(folder_use(STR("Sent Items")), SPECIAL_sent);
	assert_int_equal(folder_use(STR("gesendet")), SPECIAL_sent);
	assert_int_equal(folder_use(STR("[Gmail]/Sent Mail")), SPECIAL_sent);
	assert_int_equal(folder_use(STR("INBOX/Trash")), SPECIAL_trash);
	assert_int_equal(folder_use(STR("Work/Sent")), 0);
	assert_int_equal(folder_use(STR("INBOX")), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_maildir), cmocka_unit_test(test_files),
		cmocka_unit_test(test_below), cmocka_unit_test(test_long),
		cmocka_unit_test(test_use),
	};

	a = arena_new(1 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
