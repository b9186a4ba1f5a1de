#include "base/test.h"
#include "mime/decode.h"
#include "mime/encode.h"

static void
encode_all(struct buf *out, enum encoding how, struct str s, size_t piece)
{
	struct encoder e;

	encode_begin(&e, how);
	for (size_t i = 0; i < s.n; i += piece)
		encode_more(&e, out, str_first(str_from(s, i), piece));
	encode_end(&e, out);
}

static const struct row {
	struct str text;
	enum encoding how;	/* chosen */
	const char *qp;
} rows[] = {
	{ STR(""), ENCODE_7BIT, "" },
	{ STR("a\r\n"), ENCODE_7BIT, "a\r\n" },
	{ STR("a \t\r\nb "), ENCODE_7BIT, "a =09\r\nb=20" },
	{ STR("x=1, y = caf\xc3\xa9, and more\r\n"), ENCODE_QP,
	    "x=3D1, y =3D caf=C3=A9, and more\r\n" },
	{ STR("a\rb\nc and something more\r"), ENCODE_QP,
	    "a=0Db=0Ac and something more=0D" },
	{ STR("a long enough text\r\r\n"), ENCODE_QP,
	    "a long enough text=0D\r\n" },
	{ STR("a long enough text \r \n"), ENCODE_QP,
	    "a long enough text =0D =0A" },
	{ STR("--=_1-x is no boundary\r\n"), ENCODE_QP,
	    "=2D-=3D_1-x is no boundary\r\n" },
	{ STR("x--=_1\r\n--="), ENCODE_7BIT, "x--=3D_1\r\n=2D-=3D" },
	{ STR("\xd0\xb4\xd0\xb0"), ENCODE_BASE64, "=D0=B4=D0=B0" },
	{ STR("a\0b and something more"), ENCODE_QP,
	    "a=00b and something more" },
};

static void
test_rows(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(rows); i++) {
		struct encode_survey s = { 0 };

		encode_look(&s, rows[i].text);
		assert_int_equal(encode_choose(&s), rows[i].how);
		for (size_t piece = 1; piece < 40; piece++) {
			auto_buf out = BUF_INIT(1000);

			encode_all(&out, ENCODE_QP, rows[i].text, piece);
			assert_str(buf_get(&out), rows[i].qp);
		}
	}
}

/* A text of 999 octets in a line goes no way as it is. */
static void
test_long_line(void **state unused_arg)
{
	auto_buf text = BUF_INIT(2000), out = BUF_INIT(4000);
	auto_buf back = BUF_INIT(4000);
	struct encode_survey s = { 0 };

	for (int i = 0; i < 998; i++)
		buf_chr(&text, '-');
	encode_look(&s, buf_get(&text));
	assert_int_equal(encode_choose(&s), ENCODE_7BIT);
	encode_look(&s, STR("-"));
	assert_int_equal(encode_choose(&s), ENCODE_QP);
	encode_all(&out, ENCODE_QP, buf_get(&text), 1000);
	for (struct str r = buf_get(&out); r.n > 0;) {
		size_t n = str_find(r, STR("\r\n"));

		assert_in_range(n, 1, 76);
		assert_false(str_starts(r, STR("--")));
		r = str_from(r, n + 2);
	}
	decode_qp(&back, buf_get(&out), false);
	assert_strs(buf_get(&back), buf_get(&text));
}

static void
test_base64(void **state unused_arg)
{
	char octets[1000];

	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (char)(i * 37);
	for (size_t n = 0; n < sizeof(octets); n += 19)
		for (size_t piece = 1; piece < 200; piece += 13) {
			auto_buf out = BUF_INIT(2000), back = BUF_INIT(2000);

			encode_all(&out, ENCODE_BASE64, str_make(octets, n),
			    piece);
			assert_true(str_find(buf_get(&out), STR("\r\n")) <=
			    76);
			decode_base64(&back, buf_get(&out));
			assert_strs(buf_get(&back), str_make(octets, n));
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
