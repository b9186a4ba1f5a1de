#include "base/buf.h"
#include "base/test.h"

static void
test_numbers(void **state unused_arg)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t v;
	} t[] = {
		{ "0", true, 0 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "18446744073709551616", false, 0 },
		{ "99999999999999999999999", false, 0 },
		{ "", false, 0 },
		{ "+1", false, 0 },
		{ " 1", false, 0 },
		{ "1x", false, 0 },
		{ "007", true, 7 },
	};
	uint32_t small = 5;

	for (size_t i = 0; i < NELEM(t); i++) {
		uint64_t v = 0;

		assert_int_equal(str_u64(str_c(t[i].text), &v), t[i].ok);
		if (t[i].ok)
			assert_true(v == t[i].v);
	}
	assert_false(str_u32(STR("4294967296"), &small));
	assert_int_equal(small, 5); /* untouched */
	assert_true(str_u32(STR("4294967295"), &small));
}

static void
test_hex(void **state unused_arg)
{
	static const char *const none[] = { "", "g", "-1", "0x1", " 1",
		"10000000000000000" };
	uint64_t v = 5;

	for (size_t i = 0; i < NELEM(none); i++)
		assert_false(str_hex64(str_c(none[i]), &v));
	assert_int_equal(v, 5); /* untouched */
	assert_true(str_hex64(STR("fFffFFFFffffffff"), &v));
	assert_true(v == UINT64_MAX);
	assert_true(str_hex64(STR("0"), &v));
	assert_int_equal(v, 0);
}

static void
test_lists(void **state unused_arg)
{
	struct str rest = STR("a  bc");

	assert_str(str_next(&rest, ' '), "a");
	assert_str(str_next(&rest, ' '), "");
	assert_str(str_next(&rest, ' '), "bc");
	assert_int_equal(rest.n, 0);
	assert_true(str_is_among(STR("bc"), STR("a  bc"), ' '));
	assert_true(str_is_among(STR("a"), STR("a\nB c\n"), '\n'));
	assert_true(str_is_among(STR("B c"), STR("a\nB c\n"), '\n'));
	assert_false(str_is_among(STR("b c"), STR("a\nB c\n"), '\n'));
	assert_true(str_is_amongi(STR("b c"), STR("a\nB c\n"), '\n'));
	assert_false(str_is_amongi(STR("b"), STR("a bc"), ' '));
	assert_false(str_is_amongi(STR("abc"), STR("a bc"), ' '));
	assert_false(str_is_among(STR(""), STR("a  bc"), ' '));
	assert_false(str_is_amongi(STR(""), STR(""), ' '));
	assert_false(str_is_among(STR("a"), STR_NULL, ' '));
}

static bool
is_a(char c)
{
	return c == 'a';
}

/* Octets that are written with others. */
static void
test_written(void **state unused_arg)
{
	auto_buf b = BUF_INIT(100);

	buf_hex(&b, STR("\x00\xff*"));
	buf_chr(&b, ' ');
	buf_percent(&b, STR("aB-._~ \x00\xc3"), percent_plain);
	buf_chr(&b, ' ');
	buf_percent(&b, STR("ab"), is_a);
	assert_str(buf_get(&b), "00ff2a aB-._%7E%20%00%C3 a%62");
}

static void
test_slices(void **state unused_arg)
{
	struct str head, tail;

	assert_true(str_cut(STR("a@b@c"), '@', &head, &tail));
	assert_str(head, "a");
	assert_str(tail, "b@c");
	assert_false(str_cut(STR("abc"), '@', &head, &tail));
	assert_str(head, "abc");
	assert_int_equal(tail.n, 0);
	assert_str(str_trim(STR(" \t a b\r\n")), "a b");
	assert_str(str_trim(STR("  ")), "");
	assert_int_equal(str_find(STR("hello"), STR("ll")), 2);
	assert_int_equal(str_find(STR("hello"), STR("lo!")), 5);
	assert_int_equal(str_findi(STR("hello"), STR("LL")), 2);
	assert_int_equal(str_findi(STR("HELLO"), STR("lo")), 3);
	assert_int_equal(str_findi(STR("hello"), STR("lo!")), 5);
	assert_int_equal(str_findi(STR("a"), STR("ab")), 1);
	assert_int_equal(str_utf8_length(STR("gr\xc3\xbc\xc3\x9f")), 4);
	assert_int_equal(str_rchr(STR("a.b.c"), '.'), 3);
	assert_true(str_eqi(STR("INBOX"), STR("inbox")));
	assert_true(str_endsi(STR("x.Test"), STR(".tEST")));
	assert_true(str_eq(STR_NULL, STR("")));
	assert_int_equal(str_from(STR("abc"), 9).n, 0);
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
	assert_true(str_cmp(STR("b"), STR("ab")) > 0);
}

static void
test_utf8(void **state unused_arg)
{
	assert_true(str_is_utf8(STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")));
	assert_false(str_is_utf8(STR("\xc0\x80")));	    /* overlong */
	assert_false(str_is_utf8(STR("\xe0\x80\x80")));	    /* overlong */
	assert_false(str_is_utf8(STR("\xed\xa0\x80")));	    /* surrogate */
	assert_false(str_is_utf8(STR("\xf4\x90\x80\x80"))); /* too high */
	assert_false(str_is_utf8(STR("\xe2\x82")));	    /* cut */
	assert_false(str_is_utf8(STR("a\0b")));
	assert_true(str_is_ascii(STR("abc")));
	assert_false(str_is_ascii(STR("ab\xc3")));
	assert_true(str_is_printable(STR(" ~")));
	assert_false(str_is_printable(STR("\t")));
	assert_false(str_is_printable(STR("a\x7f")));
	assert_false(str_is_printable(STR("\xe9")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_slices),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
