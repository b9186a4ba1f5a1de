#include "base/test.h"
#include "smtp/data.h"

struct result {
	struct smtp_data d;
	struct buf text;
	size_t left;	/* octets behind the end */
};

/* Feed in pieces of at most `step` octets. */
static struct result
decode(struct str in, size_t step, uint64_t max)
{
	struct result r = { .text = BUF_INIT(1 << 20) };

	smtp_data_init(&r.d, max);
	while (in.n > 0 && !smtp_data_done(&r.d)) {
		struct str piece = str_first(in, step), out;
		size_t n = piece.n;

		while (smtp_data_next(&r.d, &piece, &out)) {
			assert_true(out.n > 0);
			buf_str(&r.text, out);
		}
		in = str_from(in, n - piece.n);
	}
	r.left = in.n;
	return r;
}

static void
test_decode(void **state unused_arg)
{
	static const struct {
		struct str in;
		bool done;
		enum smtp_data_fault fault;
		const char *text;	/* if there is no fault */
		size_t left;
	} t[] = {
#define T(in, ...) { { "" in, sizeof(in) - 1 }, __VA_ARGS__ }
		T(".\r\n", true, DATA_OK, "", 0),
		T("a\r\n.\r\n", true, DATA_OK, "a\r\n", 0),
		T("a\r\n.\r\nQUIT\r\n", true, DATA_OK, "a\r\n", 6),
		T("a\r\n\r\nb\r\n.\r\n", true, DATA_OK, "a\r\n\r\nb\r\n", 0),
		T("..\r\n.\r\n", true, DATA_OK, ".\r\n", 0),
		T("..a\r\n...b\r\n.c\r\n.\r\n", true, DATA_OK,
		    ".a\r\n..b\r\nc\r\n", 0),
		T("a.\r\n.\r\n", true, DATA_OK, "a.\r\n", 0),
		T("\r\n.\r\n.\r\n", true, DATA_OK, "\r\n", 3),
		T("a\r\n", false, DATA_OK, "a\r\n", 0),
		T("a\r\n.", false, DATA_OK, "a\r\n", 0),
		T("a\r\n.\r", false, DATA_OK, "a\r\n", 0),
		T("\x80\xff\r\n.\r\n", true, DATA_OK, "\x80\xff\r\n", 0),
		/* What others took for the end (SMTP smuggling). */
		T("a\n.\n", false, DATA_BARE, NULL, 0),
		T("a\n.\nMAIL\r\n.\r\nQ", true, DATA_BARE, NULL, 1),
		T("a\r\n.\nb\r\n.\r\n", true, DATA_BARE, NULL, 0),
		T("a\n.\r\nb\r\n.\r\n", true, DATA_BARE, NULL, 0),
		T("a\r.\r\nb\r\n.\r\n", true, DATA_BARE, NULL, 0),
		T("a\r\n.\rb\r\n.\r\n", true, DATA_BARE, NULL, 0),
		T("a\r\n.\r\r\nb\r\n.\r\n", true, DATA_BARE, NULL, 0),
		T("a\r.\rb\r\n.\r\n", true, DATA_BARE, NULL, 0),
		T("a\r\r\n.\r\n", true, DATA_BARE, NULL, 0),
		T("a\n\r\n.\r\n", true, DATA_BARE, NULL, 0),
		T("a\rb\r\n.\r\n", true, DATA_BARE, NULL, 0),
		T("\n.\r\n\r\n.\r\n", true, DATA_BARE, NULL, 0),
		T("\r.\r\n\r\n.\r\n", true, DATA_BARE, NULL, 0),
		T("a\r\n\0.\r\n\r\n.\r\n", true, DATA_NUL, NULL, 0),
		T("a\0b\r\n.\r\n", true, DATA_NUL, NULL, 0),
		T(".\0\r\n.\r\n", true, DATA_NUL, NULL, 0),
		/* behind the end it is not our business */
		T("a\r\n.\r\n\0\n", true, DATA_OK, "a\r\n", 2),
#undef T
	};

	for (size_t i = 0; i < NELEM(t); i++)
		for (size_t step = 1; step <= t[i].in.n; step++) {
			struct result r = decode(t[i].in, step, 0);

			assert_int_equal(smtp_data_done(&r.d), t[i].done);
			assert_int_equal(r.d.fault, t[i].fault);
			assert_int_equal(r.left, t[i].left);
			if (t[i].text) {
				assert_str(buf_get(&r.text), t[i].text);
				assert_int_equal(r.d.octets, r.text.n);
			}
			buf_free(&r.text);
		}
}

/* In chunks: each split of the octets in two, and octet by octet. */
static void
test_chunks(void **state unused_arg)
{
	static const struct {
		struct str in;
		enum smtp_data_fault fault;
	} t[] = {
#define T(in, fault) { { "" in, sizeof(in) - 1 }, fault }
		T("", DATA_OK),
		T("a", DATA_OK),
		T(".\r\n", DATA_OK),
		T("a\r\n.\r\n..\r\nb\r\n", DATA_OK),
		T("a\r\n.", DATA_OK),
		T("a\r\n.\r", DATA_BARE),
		T("a\r", DATA_BARE),
		T("a\n.\n", DATA_BARE),
		T("a\r\n.\rb\r\n", DATA_BARE),
		T("\r.\r\n", DATA_BARE),
		T("a\0\r\n", DATA_NUL),
		T("1234567\r\n12345", DATA_TOO_BIG),
#undef T
	};

	for (size_t i = 0; i < 2 * NELEM(t); i++)
		for (size_t step = 0; step <= t[i / 2].in.n; step++) {
			bool binary = i % 2, big;
			struct str in = t[i / 2].in, out;
			auto_buf text = BUF_INIT(64);
			struct smtp_data d;

			/* Of any octets: nothing but too many is wrong. */
			big = t[i / 2].fault == DATA_TOO_BIG;
			if (binary)
				smtp_data_init_binary(&d, 13);
			else
				smtp_data_init_chunks(&d, 13);
			for (size_t cut = step ? step : 1; in.n > 0;
			    cut = step ? in.n : 1) {
				struct str piece = str_first(in, cut);

				in = str_from(in, piece.n);
				while (smtp_data_next(&d, &piece, &out))
					buf_str(&text, out);
				assert_int_equal(piece.n, 0);
			}
			assert_false(smtp_data_done(&d));
			smtp_data_end(&d);
			assert_true(smtp_data_done(&d));
			assert_int_equal(d.fault, binary && !big ? DATA_OK :
			    t[i / 2].fault);
			if (d.fault == DATA_OK)
				assert_strs(buf_get(&text), t[i / 2].in);
		}
}

static void
test_no_copy(void **state unused_arg)
{
	struct str in = STR("one\r\ntwo\r\n..three\r\n.\r\n"), out;
	const char *p = in.p;
	struct smtp_data d;

	smtp_data_init(&d, 0);
	assert_true(smtp_data_next(&d, &in, &out));
	assert_ptr_equal(out.p, p);
	assert_str(out, "one\r\ntwo\r\n");
	assert_true(smtp_data_next(&d, &in, &out));
	assert_ptr_equal(out.p, p + 11);
	assert_false(smtp_data_next(&d, &in, &out));
	assert_true(smtp_data_done(&d));
}

static void
test_size(void **state unused_arg)
{
	struct str in = STR("..23\r\n..89\r\n.\r\n");

	for (size_t step = 1; step <= in.n; step++)
		for (uint64_t max = 8; max <= 12; max++) {
			struct result r = decode(in, step, max);

			assert_int_equal(r.d.fault,
			    max < 10 ? DATA_TOO_BIG : DATA_OK);
			assert_true(smtp_data_done(&r.d));
			assert_int_equal(r.d.octets, 10);
			buf_free(&r.text);
		}
}

static void
test_long_line(void **state unused_arg)
{
	static const size_t steps[] = { 1, 2, 4095, 65535, 65536, 1 << 20 };

	for (size_t i = 0; i < NELEM(steps); i++)
		for (size_t extra = 0; extra < 2; extra++) {
			auto_buf b = BUF_INIT(1 << 20);
			struct result r;

			buf_lit(&b, "..\r\n");
			for (size_t k = 0; k < SMTP_LINE_MAX + extra; k++)
				buf_chr(&b, 'x');
			buf_lit(&b, "\r\n.\r\n");
			r = decode(buf_get(&b), steps[i], 0);
			assert_true(smtp_data_done(&r.d));
			assert_int_equal(r.d.fault,
			    extra ? DATA_LONG_LINE : DATA_OK);
			buf_free(&r.text);
		}
}

static void
test_replies(void **state unused_arg)
{
	assert_str(str_c(smtp_data_reply(DATA_BARE).enhanced), "5.6.0");
	assert_int_equal(smtp_data_reply(DATA_BARE).code, 550);
	assert_int_equal(smtp_data_reply(DATA_NUL).code, 550);
	assert_int_equal(smtp_data_reply(DATA_LONG_LINE).code, 550);
	assert_int_equal(smtp_data_reply(DATA_TOO_BIG).code, 552);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_no_copy),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_replies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
