#include "base/test.h"
#include "http/chunked.h"

static enum chunked_at
decode(struct str in, size_t piece, struct buf *out, size_t *left)
{
	struct chunked c = { 0 };

	while (in.n > 0 && c.at != CHUNKED_OVER && c.at != CHUNKED_BAD) {
		struct str data;
		size_t n = chunked_take(&c, str_first(in, piece), &data);

		buf_str(out, data);
		in = str_from(in, n);
	}
	*left = in.n;
	return c.at;
}

static void
test_rows(void **state unused_arg)
{
	static const struct {
		const char *in, *out;
		enum chunked_at at;
		size_t left;
	} rows[] = {
		{ "0\r\n\r\n", "", CHUNKED_OVER, 0 },
		{ "000\r\n\r\nGET", "", CHUNKED_OVER, 3 },
		{ "3\r\nabc\r\n0\r\n\r\n", "abc", CHUNKED_OVER, 0 },
		{ "3\r\nabc\r\nA\r\n0123\r\n5678\r\n0\r\n\r\nx",
		    "abc0123\r\n5678", CHUNKED_OVER, 1 },
		{ "03\r\nabc\r\na\r\n0123\r\n5678\r\n0\r\n\r\n",
		    "abc0123\r\n5678", CHUNKED_OVER, 0 },
		{ "3\r\na\nb\r\n0\r\n\r\n", "a\nb", CHUNKED_OVER, 0 },
		{ "3;a=b;c\r\nabc\r\n0 ;x\r\n\r\n", "abc", CHUNKED_OVER, 0 },
		{ "0\r\nA: b\r\nC: d\r\n\r\n", "", CHUNKED_OVER, 0 },
		{ "3\r\nab", "ab", CHUNKED_DATA, 0 },
		/* TERM.EXT and the others: only CRLF ends a line */
		{ "3\nabc\r\n0\r\n\r\n", "", CHUNKED_BAD, 10 },
		{ "3;\nabc\r\n0\r\n\r\n", "", CHUNKED_BAD, 10 },
		{ "3\rxabc\r\n", "", CHUNKED_BAD, 5 },
		{ "3\r\nabc\n0\r\n\r\n", "abc", CHUNKED_BAD, 5 },
		{ "3\r\nabcd\r\n0\r\n\r\n", "abc", CHUNKED_BAD, 5 },
		{ "0\r\n\n", "", CHUNKED_BAD, 0 },
		{ "0\r\nA: b\n\r\n", "", CHUNKED_BAD, 2 },
		{ "0\r\n A: b\r\n\r\n", "", CHUNKED_BAD, 2 },
		{ "0\r\nA : b\r\n\r\n", "", CHUNKED_BAD, 2 },
		{ "\r\n", "", CHUNKED_BAD, 0 },
		{ " 3\r\n", "", CHUNKED_BAD, 0 },
		{ "+3\r\n", "", CHUNKED_BAD, 0 },
		{ "0x3\r\n", "", CHUNKED_BAD, 0 },
		{ "3 3\r\n", "", CHUNKED_BAD, 0 },
		{ "3,\r\n", "", CHUNKED_BAD, 0 },
		{ "fffffffffffffff0\r\n", "", CHUNKED_BAD, 0 },
		{ "10000000000000003\r\n", "", CHUNKED_BAD, 0 },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		for (size_t piece = 1; piece < 40; piece += 38) {
			auto_buf out = BUF_INIT(100);
			size_t left;
			enum chunked_at at = decode(str_c(rows[i].in), piece,
			    &out, &left);

			if (at != rows[i].at || left != rows[i].left)
				print_error("%s", rows[i].in);
			assert_str(buf_get(&out), rows[i].out);
			assert_int_equal(at, rows[i].at);
			assert_int_equal(left, rows[i].left);
		}
	}
}

static void
test_limits(void **state unused_arg)
{
	auto_buf in = BUF_INIT(1 << 20);
	auto_buf out = BUF_INIT(100);
	size_t left;

	buf_lit(&in, "0;");
	for (size_t i = 0; i < CHUNK_LINE_MAX; i++)
		buf_chr(&in, 'x');
	buf_lit(&in, "\r\n\r\n");
	assert_int_equal(decode(buf_get(&in), 1, &out, &left), CHUNKED_BAD);
	buf_reset(&in);
	buf_lit(&in, "0\r\n");
	for (size_t i = 0; i < CHUNK_TRAILERS_MAX; i++)
		buf_lit(&in, "A: b\r\n");
	assert_int_equal(decode(buf_get(&in), 999, &out, &left),
	    CHUNKED_TRAILER);
	buf_lit(&in, "A: b\r\n");
	assert_int_equal(decode(buf_get(&in), 999, &out, &left), CHUNKED_BAD);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
