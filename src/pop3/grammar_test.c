#include "base/test.h"
#include "pop3/grammar.h"

static void
test_lines(void **state unused_arg)
{
	static const struct {
		const char *line;
		bool good;
		const char *keyword, *params;
	} table[] = {
		{ "QUIT", true, "QUIT", "" },
		{ "quit ", true, "quit", "" },
		{ "RETR 1", true, "RETR", "1" },
		{ "PASS  two words ", true, "PASS", " two words " },
		{ "UTF8", true, "UTF8", "" },
		{ "", false, NULL, NULL },
		{ " QUIT", false, NULL, NULL },
		{ "QUIT\t", false, NULL, NULL },
		{ "QU\rIT", false, NULL, NULL },
		{ "+OK", false, NULL, NULL },
		{ "STAT\xc3\xbc", false, NULL, NULL },
	};

	for (size_t i = 0; i < NELEM(table); i++) {
		struct pop3_line l;

		assert_int_equal(pop3_line(str_c(table[i].line), &l),
		    table[i].good);
		if (!table[i].good)
			continue;
		assert_str(l.keyword, table[i].keyword);
		assert_str(l.params, table[i].params);
	}
}

static void
test_params(void **state unused_arg)
{
	static const struct {
		const char *params;
		enum pop3_form form;
		bool good;
		uint32_t message, lines;
	} table[] = {
		{ "", FORM_NONE, true, 0, 0 },
		{ "  ", FORM_NONE, true, 0, 0 },
		{ "1", FORM_NONE, false, 0, 0 },
		{ "1", FORM_MESSAGE, true, 1, 0 },
		{ " 007  ", FORM_MESSAGE, true, 7, 0 },
		{ "4294967295", FORM_MESSAGE, true, UINT32_MAX, 0 },
		{ "4294967296", FORM_MESSAGE, false, 0, 0 },
		{ "", FORM_MESSAGE, false, 0, 0 },
		{ "0", FORM_MESSAGE, false, 0, 0 },
		{ "-1", FORM_MESSAGE, false, 0, 0 },
		{ "+1", FORM_MESSAGE, false, 0, 0 },
		{ "1 2", FORM_MESSAGE, false, 0, 0 },
		{ "1x", FORM_MESSAGE, false, 0, 0 },
		{ "1\t", FORM_MESSAGE, false, 0, 0 },
		{ "", FORM_ANY_MESSAGE, true, 0, 0 },
		{ "3", FORM_ANY_MESSAGE, true, 3, 0 },
		{ "0", FORM_ANY_MESSAGE, false, 0, 0 },
		{ "1 0", FORM_MESSAGE_LINES, true, 1, 0 },
		{ "1  10 ", FORM_MESSAGE_LINES, true, 1, 10 },
		{ "1", FORM_MESSAGE_LINES, false, 0, 0 },
		{ "1 ", FORM_MESSAGE_LINES, false, 0, 0 },
		{ "1 -1", FORM_MESSAGE_LINES, false, 0, 0 },
		{ "1 2 3", FORM_MESSAGE_LINES, false, 0, 0 },
		{ "", FORM_TEXT, false, 0, 0 },
		{ " ", FORM_TEXT, true, 0, 0 },
		{ "", FORM_ANY_TEXT, true, 0, 0 },
	};

	for (size_t i = 0; i < NELEM(table); i++) {
		struct pop3_params p;

		assert_int_equal(pop3_params(str_c(table[i].params),
		    table[i].form, &p), table[i].good);
		if (!table[i].good)
			continue;
		assert_int_equal(p.message, table[i].message);
		assert_int_equal(p.lines, table[i].lines);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_params),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
