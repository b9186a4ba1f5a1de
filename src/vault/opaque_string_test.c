#include "base/test.h"
#include "vault/opaque_string.h"

static void
test_forms(void **state unused_arg)
{
	static const struct {
		const char *in, *nfc, *nfkc;	/* NULL: refused */
	} rows[] = {
		{ "correct horse", "correct horse", "correct horse" },
		/* RFC 8265 4.3, Table 4 */
		{ "Correct Horse Battery Staple",
		    "Correct Horse Battery Staple",
		    "Correct Horse Battery Staple" },
		{ "\xcf\x80\xc3\x9f\xc3\xa5", "\xcf\x80\xc3\x9f\xc3\xa5",
		    "\xcf\x80\xc3\x9f\xc3\xa5" },
		{ "Jack of \xe2\x99\xa6s", "Jack of \xe2\x99\xa6s",
		    "Jack of \xe2\x99\xa6s" },
		{ "foo\xe1\x9a\x80" "bar", "foo bar", "foo bar" },
		{ "my cat is a \x09" "by", NULL, NULL },	/* a tab */
		{ "", NULL, NULL },
		/* One character or two. */
		{ "gru\xcc\x88n", "gr\xc3\xbcn", "gr\xc3\xbcn" },
		{ "gr\xc3\xbcn", "gr\xc3\xbcn", "gr\xc3\xbcn" },
		{ "a\xc2\xa0" "b", "a b", "a b" },
		/* RFC 4013 3: (2), (3), (5), (6), (7) */
		{ "user", "user", "user" },
		{ "USER", "USER", "USER" },
		{ "\xe2\x85\xa8", "\xe2\x85\xa8", "IX" },
		{ "\x07", NULL, NULL },
		{ "\xc2\xaa", "\xc2\xaa", "a" },
		/* Soft hyphen, zero width joiner, none, private, surrogate. */
		{ "I\xc2\xadX", NULL, NULL },
		{ "a\xe2\x80\x8d" "b", NULL, NULL },
		{ "\xef\xbf\xbf", NULL, NULL },
		{ "\xee\x80\x80", NULL, NULL },
		{ "\xed\xa0\x80", NULL, NULL },
		{ "\xff", NULL, NULL },
		{ "\x7f", NULL, NULL },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		auto_buf nfc = BUF_INIT(OPAQUE_FORM_MAX);
		auto_buf nfkc = BUF_INIT(OPAQUE_FORM_MAX);

		assert_int_equal(opaque_string(str_c(rows[i].in), &nfc),
		    rows[i].nfc != NULL);
		assert_int_equal(opaque_string_kc(str_c(rows[i].in), &nfkc),
		    rows[i].nfkc != NULL);
		if (rows[i].nfc)
			assert_str(buf_get(&nfc), rows[i].nfc);
		if (rows[i].nfkc)
			assert_str(buf_get(&nfkc), rows[i].nfkc);
	}
}

static void
test_bounds(void **state unused_arg)
{
	char text[OPAQUE_MAX + 2];

	for (size_t n = OPAQUE_MAX - 1; n <= OPAQUE_MAX + 1; n++) {
		auto_buf b = BUF_INIT(OPAQUE_FORM_MAX);

		memset(text, 'x', sizeof(text));
		assert_int_equal(opaque_string(str_make(text, n), &b),
		    n <= OPAQUE_MAX);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
