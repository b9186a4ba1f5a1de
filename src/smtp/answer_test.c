#include "smtp/answer.h"

#include "base/test.h"

static struct answer_reader r;	/* too large for a frame */

/* Feed it in pieces of this size; what is left is the next reply. */
static enum answer_state
read_answer(struct str in, size_t piece, struct str *rest)
{
	enum answer_state state = ANSWER_MORE;
	size_t used;

	answer_begin(&r);
	while (state == ANSWER_MORE && in.n > 0) {
		state = answer_feed(&r, str_first(in, piece), &used);
		assert_true(used > 0 && used <= piece);
		in = str_from(in, used);
	}
	*rest = in;
	return state;
}

static const struct {
	const char *in;
	int code;	/* 0: refused */
	const char *status, *text, *rest;
} replies[] = {
	{ "250 OK\r\n", 250, "2.0.0", "OK", "" },
	{ "250 2.1.5 OK\r\n250 x\r\n", 250, "2.1.5", "OK", "250 x\r\n" },
	{ "250-2.1.5 One\r\n250-2.1.5 two\r\n250 2.1.5 three\r\n", 250,
	    "2.1.5", "One two three", "" },
	{ "550-5.1.1 No\r\n550 5.7.1 such user\r\n", 550, "5.1.1",
	    "No such user", "" },
	{ "550-No\r\n550 5.7.1 such user\r\n", 550, "5.7.1",
	    "No such user", "" },
	{ "354\r\n", 354, "3.0.0", "", "" },
	{ "354 3.0.0 Go\r\n", 354, "3.0.0", "3.0.0 Go", "" },
	{ "250\n250 x", 250, "2.0.0", "", "250 x" },
	{ "250-\r\n250 \r\n", 250, "2.0.0", "", "" },
	{ "250-a\r\n250\r\n", 250, "2.0.0", "a", "" },
	{ "450\t4.2.1\tBusy\tnow\r\n", 450, "4.2.1", "Busy now", "" },
	{ "250  2.0.0  two  spaces \r\n", 250, "2.0.0", "two  spaces", "" },
	/* RFC 2034 4: the class is the first digit. */
	{ "450 5.1.1 No\r\n", 450, "4.0.0", "5.1.1 No", "" },
	{ "550 2.0.0 No\r\n", 550, "5.0.0", "2.0.0 No", "" },
	{ "550 5.123.123 No\r\n", 550, "5.123.123", "No", "" },
	{ "550 5.1234.1 No\r\n", 550, "5.0.0", "5.1234.1 No", "" },
	{ "550 5.1. No\r\n", 550, "5.0.0", "5.1. No", "" },
	{ "550 5.1.1: No\r\n", 550, "5.0.0", "5.1.1: No", "" },
	{ "550 5.1.1\r\n", 550, "5.1.1", "", "" },
	{ "550 127.0.0.1 is on a list\r\n", 550, "5.0.0",
	    "127.0.0.1 is on a list", "" },
	/* A host that takes no mail, and a domain: RFC 7504, 7505. */
	{ "521 mx.example takes none\r\n", 521, "5.3.2",
	    "mx.example takes none", "" },
	{ "521 5.7.1 None\r\n", 521, "5.7.1", "None", "" },
	{ "556 None\r\n", 556, "5.1.10", "None", "" },
	{ "555 None\r\n", 555, "5.0.0", "None", "" },
	/* What may not pass on. */
	{ "250 a\x01\x1b[1m\x7f\r\n", 250, "2.0.0", "a??[1m?", "" },
	{ "250 a\rb\r\n", 250, "2.0.0", "a?b", "" },
	{ "250 gr\xc3\xbc\xc3\x9f\r\n", 250, "2.0.0", "gr\xc3\xbc\xc3\x9f",
	    "" },
	{ "250 \xff\xc3(\xe2\x82\xc0\x80\xed\xa0\x80|\r\n", 250, "2.0.0",
	    "?" "?(?" "?" "?" "?" "?" "?" "?|", "" },
	{ "250 \xc2\x85x\xc2\x9b\r\n", 250, "2.0.0", "??x??", "" },
	/* No reply. */
	{ "250-a\r\n251 b\r\n", 0, "", "two codes in one reply", "" },
	{ "250-a\r\n550 b\r\n", 0, "", "two codes in one reply", "" },
	{ "hello\r\n", 0, "", "no reply code", "" },
	{ "\r\n", 0, "", "no reply code", "" },
	{ "25\r\n", 0, "", "no reply code", "" },
	{ "2500 x\r\n", 0, "", "no reply code", "" },
	{ "250x\r\n", 0, "", "no reply code", "" },
	{ "150 x\r\n", 0, "", "no reply code", "" },
	{ "650 x\r\n", 0, "", "no reply code", "" },
	{ "2a0 x\r\n", 0, "", "no reply code", "" },
	{ " 250 x\r\n", 0, "", "no reply code", "" },
	{ "250-a\r\n\r\n", 0, "", "no reply code", "" },
};

static void
test_replies(void **state unused_arg)
{
	struct smtp_answer a;
	struct str rest;

	for (size_t i = 0; i < NELEM(replies); i++)
		for (size_t piece = 1; piece < 80; piece++) {
			enum answer_state s = read_answer(
			    str_c(replies[i].in), piece, &rest);

			if (replies[i].code == 0) {
				assert_int_equal(s, ANSWER_BAD);
				assert_string_equal(r.bad, replies[i].text);
				continue;
			}
			assert_int_equal(s, ANSWER_DONE);
			a = answer_get(&r);
			assert_int_equal(a.code, replies[i].code);
			assert_string_equal(a.status, replies[i].status);
			assert_str(a.text, replies[i].text);
			assert_str(rest, replies[i].rest);
		}
}

/* What was cut short is never a reply. */
static void
test_cut(void **state unused_arg)
{
	struct str in = STR("250-2.0.0 a\r\n250 2.0.0 b\r\n"), rest;

	for (size_t n = 0; n < in.n; n++)
		assert_int_equal(ANSWER_MORE,
		    read_answer(str_first(in, n), n + 1, &rest));
}

/* However long a line is, its code decides, and the next reply is found. */
static void
test_long_lines(void **state unused_arg)
{
	auto_buf b = BUF_INIT(1 << 20);
	struct str rest;

	for (size_t n = ANSWER_LINE_MAX - 10; n < 5 * ANSWER_LINE_MAX;
	    n += n < ANSWER_LINE_MAX + 10 ? 1 : 777)
		for (size_t piece = 1; piece < 9000; piece += 1300) {
			buf_reset(&b);
			buf_lit(&b, "550 5.1.1 ");
			while (b.n < n - 1)
				buf_chr(&b, 'x');
			buf_lit(&b, "\r\n250 x\r\n");
			assert_int_equal(ANSWER_DONE,
			    read_answer(buf_get(&b), piece, &rest));
			assert_int_equal(answer_get(&r).code, 550);
			assert_string_equal(answer_get(&r).status, "5.1.1");
			assert_int_equal(answer_get(&r).text.n,
			    ANSWER_TEXT_MAX);
			assert_str(rest, "250 x\r\n");
		}
}

static void
test_many_lines(void **state unused_arg)
{
	auto_buf b = BUF_INIT(1 << 20);
	struct str rest;

	for (int n = 127; n < 4000; n += n < 130 ? 1 : 997) {
		buf_reset(&b);
		for (int i = 0; i < n; i++)
			buf_lit(&b, "250-x\r\n");
		buf_lit(&b, "250 x\r\n354 x\r\n");
		assert_int_equal(ANSWER_DONE,
		    read_answer(buf_get(&b), 100, &rest));
		assert_int_equal(answer_get(&r).code, 250);
		assert_str(rest, "354 x\r\n");
	}
}

/* What has no end is read to a bound: its code counts all the same. */
static void
test_endless(void **state unused_arg)
{
	static const struct {
		const char *first, *then;
		enum answer_state state;
	} t[] = {
		{ "250-", "x\r\n250-", ANSWER_ENDLESS },
		{ "250 ", "x", ANSWER_ENDLESS },
		{ "250-", "x", ANSWER_ENDLESS },
		{ "2", "2", ANSWER_BAD },
		{ "250-x\r\n", "2", ANSWER_ENDLESS },
	};
	auto_buf b = BUF_INIT(2 << 20);
	struct str rest;

	for (size_t i = 0; i < NELEM(t); i++) {
		buf_reset(&b);
		buf_str(&b, str_c(t[i].first));
		while (b.n < ANSWER_OCTETS_MAX + 1000)
			buf_str(&b, str_c(t[i].then));
		for (size_t piece = 1000; piece < 10000; piece += 777) {
			assert_int_equal(t[i].state,
			    read_answer(buf_get(&b), piece, &rest));
			assert_int_equal(rest.n, b.n - ANSWER_OCTETS_MAX);
			if (t[i].state == ANSWER_ENDLESS)
				assert_int_equal(answer_get(&r).code, 250);
		}
	}
}

/* The text is cut between characters. */
static void
test_text_cut(void **state unused_arg)
{
	auto_buf b = BUF_INIT(1 << 20);
	struct str rest;

	for (size_t before = 0; before < 4; before++) {
		struct str text;

		buf_reset(&b);
		buf_lit(&b, "250 ");
		for (size_t i = 0; i < before; i++)
			buf_chr(&b, 'x');
		while (b.n < ANSWER_TEXT_MAX + 100)
			buf_lit(&b, "\xf0\x9f\x93\xac");
		buf_lit(&b, "\r\n");
		assert_int_equal(ANSWER_DONE,
		    read_answer(buf_get(&b), 7, &rest));
		text = answer_get(&r).text;
		assert_true(text.n > ANSWER_TEXT_MAX - 4);
		assert_true(text.n <= ANSWER_TEXT_MAX);
		assert_true(str_is_utf8(text));
	}
}

static void
see(void *arg, unsigned nth, struct str text)
{
	struct buf *b = arg;

	buf_printf(b, "%u[%.*s]", nth, STR_FMT(text));
}

static void
test_lines(void **state unused_arg)
{
	auto_buf b = BUF_INIT(1000);
	size_t used;

	answer_begin(&r);
	r.on_line = see;
	r.arg = &b;
	assert_int_equal(ANSWER_DONE, answer_feed(&r,
	    STR("250-mx.test hi\r\n250-SIZE 100\r\n250 \x01 2.0.0\r\n"),
	    &used));
	assert_str(buf_get(&b), "0[mx.test hi]1[SIZE 100]2[\x01 2.0.0]");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_endless),
		cmocka_unit_test(test_text_cut),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
