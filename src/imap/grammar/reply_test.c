#include "imap/grammar/reply.h"

#include "base/test.h"

static const struct {
	struct str in;
	const char *string, *astring;
} table[] = {
	{ STR(""), "\"\"", "\"\"" },
	{ STR("abc"), "\"abc\"", "abc" },
	{ STR("NIL"), "\"NIL\"", "\"NIL\"" },
	{ STR("a b"), "\"a b\"", "\"a b\"" },
	{ STR("a\"b\\"), "\"a\\\"b\\\\\"", "\"a\\\"b\\\\\"" },
	{ STR("a\r\nb"), "{4}\r\na\r\nb", "{4}\r\na\r\nb" },
	{ STR("\xc3\xa9"), "{2}\r\n\xc3\xa9", "{2}\r\n\xc3\xa9" },
	{ STR("a]"), "\"a]\"", "\"a]\"" },
	{ STR("a%"), "\"a%\"", "\"a%\"" },
};

static void
test_strings(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(table); i++) {
		auto_buf b = BUF_INIT(100);

		reply_string(&b, table[i].in);
		assert_str(buf_get(&b), table[i].string);
		buf_reset(&b);
		reply_nstring(&b, table[i].in);
		assert_str(buf_get(&b), table[i].string);
		buf_reset(&b);
		reply_astring(&b, table[i].in);
		assert_str(buf_get(&b), table[i].astring);
	}
}

static void
test_others(void **state unused_arg)
{
	auto_buf b = BUF_INIT(1000);

	reply_nstring(&b, STR_NULL);
	buf_chr(&b, ' ');
	reply_mailbox(&b, STR("Entw\xc3\xbcrfe"), false);
	buf_chr(&b, ' ');
	reply_mailbox(&b, STR("Entw\xc3\xbcrfe"), true);
	buf_chr(&b, ' ');
	reply_mailbox(&b, STR("a b"), false);
	buf_chr(&b, ' ');
	reply_text(&b, STR("x\r\n* OK \xff y"));
	assert_str(buf_get(&b), "NIL Entw&APw-rfe \"Entw\xc3\xbcrfe\" \"a b\" "
	    "x??* OK ? y");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
