#include "imap/grammar/scan.h"

#include "base/test.h"

typedef struct str element(struct scan *s);

static const struct {
	element *parse;
	struct str in;
	const char *want;	/* NULL: refused */
	const char *rest;
} table[] = {
	{ scan_tag, STR("a1 NOOP"), "a1", " NOOP" },
	{ scan_tag, STR("a]. x"), "a].", " x" },
	{ scan_tag, STR("a+ x"), "a", "+ x" },
	{ scan_tag, STR("+ x"), NULL },
	{ scan_tag, STR("(((")  , NULL },
	{ scan_tag, STR(""), NULL },
	{ scan_tag, STR("\xc3\xa9 x"), NULL },
	{ scan_atom, STR("a-b)"), "a-b", ")" },
	{ scan_atom, STR("a]"), "a", "]" },
	{ scan_atom, STR("\"a\""), NULL },
	{ scan_quoted, STR("\"\" x"), "", " x" },
	{ scan_quoted, STR("\"a b\""), "a b", "" },
	{ scan_quoted, STR("\"a\\\"b\\\\c\""), "a\"b\\c", "" },
	{ scan_quoted, STR("\"\xc3\xa9\""), "\xc3\xa9", "" },
	{ scan_quoted, STR("\"\xe9\""), NULL },
	{ scan_quoted, STR("\"a\\b\""), NULL },
	{ scan_quoted, STR("\"a"), NULL },
	{ scan_quoted, STR("\"a\\\""), NULL },
	{ scan_quoted, STR("\""), NULL },
	{ scan_quoted, STR("\"a\rb\""), NULL },
	{ scan_quoted, STR("\"a\nb\""), NULL },
	{ scan_quoted, STR("\"a\0b\""), NULL },
	{ scan_literal, STR("{3}\r\nabc x"), "abc", " x" },
	{ scan_literal, STR("{3+}\r\na\r\n"), "a\r\n", "" },
	{ scan_literal, STR("{0}\r\n)"), "", ")" },
	{ scan_literal, STR("{4}\r\nabc"), NULL },
	{ scan_literal, STR("{}\r\nabc"), NULL },
	{ scan_literal, STR("{-1}\r\nabc"), NULL },
	{ scan_literal, STR("{3}abc"), NULL },
	{ scan_literal, STR("{3}\nabc"), NULL },
	{ scan_literal, STR("{99999999999999999999}\r\nabc"), NULL },
	{ scan_literal, STR("{3}\r\na\0b"), NULL },
	{ scan_literal8, STR("~{1}\r\nab"), "a", "b" },
	{ scan_literal8, STR("{1}\r\nab"), NULL },
	{ scan_string, STR("abc"), NULL },
	{ scan_astring, STR("abc] "), "abc]", " " },
	{ scan_astring, STR("\"a b\" "), "a b", " " },
	{ scan_astring, STR("{1}\r\n( "), "(", " " },
	{ scan_astring, STR("("), NULL },
	{ scan_nstring, STR("nil)"), "", ")" },
	{ scan_nstring, STR("\"NIL\")"), "NIL", ")" },
	{ scan_mailbox, STR("inBOX "), "INBOX", " " },
	{ scan_mailbox, STR("\"inBOX\" "), "INBOX", " " },
	{ scan_mailbox, STR("{5}\r\ninbox "), "INBOX", " " },
	{ scan_mailbox, STR("inbox/a "), "INBOX/a", " " },
	{ scan_mailbox, STR("Entw&APw-rfe"), "Entw\xc3\xbcrfe", "" },
	{ scan_mailbox, STR("a*"), "a", "*" },
	{ scan_list_mailbox, STR("a*% "), "a*%", " " },
	{ scan_list_mailbox, STR("\"\" "), "", " " },
	{ scan_list_mailbox, STR("&APw-* "), "\xc3\xbc*", " " },
	{ scan_list_mailbox, STR("("), NULL },
};

static void
test_table(void **state unused_arg)
{
	struct arena *a = arena_new(SCAN_ARENA(1000));

	for (size_t i = 0; i < NELEM(table); i++) {
		struct scan s = scan_of(table[i].in, a);
		struct str got = table[i].parse(&s);

		assert_int_equal(scan_ok(&s), table[i].want != NULL);
		assert_int_equal(scan_ok(&s), rd_ok(&s.r));
		if (!table[i].want)
			continue;
		assert_str(got, table[i].want);
		assert_str(rd_rest(&s.r), table[i].rest);
	}
	arena_free(a);
}

/* Cut anywhere, a parser says no or gives a shorter text; never more. */
static void
test_cut(void **state unused_arg)
{
	struct arena *a = arena_new(SCAN_ARENA(1000));

	for (size_t i = 0; i < NELEM(table); i++) {
		for (size_t n = 0; n < table[i].in.n; n++) {
			struct scan s = scan_of(str_first(table[i].in, n), a);
			struct str got = table[i].parse(&s);

			assert_true(!scan_ok(&s) || got.n <= n + 2);
		}
	}
	arena_free(a);
}

static void
test_long(void **state unused_arg)
{
	struct arena *a = arena_new(SCAN_ARENA(1000));
	char long_name[MAILBOX_MAX + 1];
	struct scan s;

	memset(long_name, 'a', sizeof(long_name));
	s = scan_of(str_make(long_name, MAILBOX_MAX), a);
	assert_int_equal(scan_mailbox(&s).n, MAILBOX_MAX);
	s = scan_of(str_make(long_name, MAILBOX_MAX + 1), a);
	assert_null(scan_mailbox(&s).p);
	assert_true(scan_ok(&s));
	s = scan_of(str_make(long_name, TAG_MAX + 1), a);
	(void)scan_tag(&s);
	assert_false(scan_ok(&s));
	arena_free(a);
}

/* Arguments they are, but no mailbox has such a name: that is for the answer
 * to say, not a fault of the syntax. */
static void
test_nobodys_names(void **state unused_arg)
{
	static const struct str names[] = { STR("\"a&b\""),
		STR("\"Entw\xc3\xbcrfe\""), STR("{3}\r\na\nb"), STR("a&AAo-"),
		STR("Entw\xc3\xbcrfe"), STR("\"Entw\xfcrfe\""),
		STR("Entw\xfcrfe"), STR("&A*") };
	struct arena *a = arena_new(SCAN_ARENA(1000));

	for (size_t i = 0; i < NELEM(names); i++) {
		struct scan s = scan_of(names[i], a);

		if (i + 1 < NELEM(names))
			assert_null(scan_mailbox(&s).p);
		else
			assert_null(scan_list_mailbox(&s).p);
		scan_end(&s);
		assert_true(scan_ok(&s));
	}
	arena_free(a);
}

static void
test_utf8_names(void **state unused_arg)
{
	struct arena *a = arena_new(SCAN_ARENA(1000));
	struct scan s = scan_of(STR("\"Entw\xc3\xbcrfe & a\""), a);

	s.utf8 = true;
	assert_str(scan_mailbox(&s), "Entw\xc3\xbcrfe & a");
	assert_true(scan_ok(&s));
	arena_free(a);
}

static void
test_numbers(void **state unused_arg)
{
	struct scan s = scan_of(STR("4294967295 4294967296"), NULL);

	assert_true(scan_number(&s) == UINT32_MAX);
	scan_sp(&s);
	(void)scan_number(&s);
	assert_false(scan_ok(&s));
	s = scan_of(STR("0"), NULL);
	assert_int_equal(scan_number(&s), 0);
	assert_true(scan_ok(&s));
	s = scan_of(STR("9223372036854775807 9223372036854775808"), NULL);
	assert_true(scan_modseq(&s) == INT64_MAX);
	scan_sp(&s);
	(void)scan_modseq(&s);
	assert_false(scan_ok(&s));
}

static const struct {
	const char *in;
	int64_t want;		/* -1: refused */
	int zone_min;
} date_times[] = {
	{ "\"17-Jul-1996 02:44:25 -0700\"", 837596665, -420 },
	{ "\"3-Feb-2025 18:28:47 +0000\"", 1738607327, 0 },
	{ "\" 3-Feb-2025  18:28:47  +0000\"", 1738607327, 0 },
	{ "\" 17-Jul-1996 02:44:25 -0700\"", 837596665, -420 },
	{ "\" 1-jan-1970 01:00:01 +0100\"", 1, 60 },
	{ "\"01-Jan-1970 00:00:00 +0100\"", 0, 60 },
	{ "\"01-Jan-1960 00:00:00 +0000\"", 0, 0 },
	{ "\"29-Feb-2024 23:59:60 +0000\"", 1709251200, 0 },
	{ "\"29-Feb-2023 00:00:00 +0000\"", 1677628800, 0 },
	{ "\"1-Jan-1970 01:00:01 +0100\"", 1, 60 },
	{ "\"-Jan-1970 01:00:01 +0100\"", -1 },
	{ "\"101-Jan-1970 01:00:01 +0100\"", -1 },
	{ "\"17-Jux-1996 02:44:25 -0700\"", -1 },
	{ "\"00-Jan-1970 00:00:00 +0000\"", 0, 0 },
	{ "\"16-Jul-1996 26:44:25 -0700\"", 837596665, -420 },
	{ "\"17-Jul-1996 01:104:25 -0700\"", -1 },
	{ "\"17-Jul-1996 01:99:85 -0700\"", 837596425, -420 },
	{ "\"17-Jul-1996 09:44:25 GMT\"", 837596665, 0 },
	{ "\"17-Jul-1996 09:44:25 +00:00\"", 837596665, 0 },
	{ "\"17-Jul-1996 09:44:25 0700\"", 837596665, 0 },
	{ "\"17-Jul-1996 09:44:25 +2400\"", 837596665, 0 },
	{ "\"17-Jul-1996 09:44:25 -0760\"", 837596665, 0 },
	{ "\"17-Jul-1996 09:44:25 \"", 837596665, 0 },
	{ "\"17-Jul-1996 02:44 -0700\"", -1 },
	{ "\"17-Jul-96 02:44:25 -0700\"", -1 },
	{ "\"17-Jul-1996 02:44:25\"", -1 },
	{ "\"17-Jul-1996 02:44:25 -0700", -1 },
	{ "17-Jul-1996 02:44:25 -0700", -1 },
};

static void
test_date_time(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(date_times); i++) {
		struct scan s = scan_of(str_c(date_times[i].in), NULL);
		int zone = 0;
		int64_t at = scan_date_time(&s, &zone);

		scan_end(&s);
		assert_int_equal(scan_ok(&s) ? at : -1, date_times[i].want);
		assert_int_equal(zone, date_times[i].zone_min);
	}
}

static const struct {
	const char *in;
	int64_t want;
} dates[] = {
	{ "1-Feb-1994", 760060800 },
	{ "01-Feb-1994", 760060800 },
	{ "\"1-feb-1994\"", 760060800 },
	{ "1-Feb-1955", -470707200 },
	{ "31-Feb-1994", -1 },
	{ "0-Feb-1994", -1 },
	{ "1-Feb-94", -1 },
	{ "\"1-Feb-1994", -1 },
	{ "", -1 },
};

static void
test_date(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(dates); i++) {
		struct scan s = scan_of(str_c(dates[i].in), NULL);
		int64_t at = scan_date(&s);

		scan_end(&s);
		assert_int_equal(scan_ok(&s) ? at : -1, dates[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_nobodys_names),
		cmocka_unit_test(test_utf8_names),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_date_time),
		cmocka_unit_test(test_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
