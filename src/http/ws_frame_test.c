#include "base/test.h"
#include "http/ws_frame.h"

enum { MESSAGE_MAX = 70000 };

/* "m:text", "i:octets", "o:octets", "c:code", "b:code", one behind another. */
static void
read_all(struct str in, size_t piece, struct buf *out)
{
	static const char kinds[] = "-mioc" "b";
	struct ws_reader w = { .message = BUF_INIT(MESSAGE_MAX) };
	enum ws_got got = WS_GOT_NOTHING;
	size_t used;

	while (in.n > 0 && got != WS_BAD && got != WS_GOT_CLOSE) {
		got = ws_take(&w, str_first(in, piece), &used);
		in = str_from(in, used);
		if (got == WS_GOT_NOTHING)
			continue;
		buf_printf(out, "%c:", kinds[got]);
		if (got == WS_GOT_MESSAGE)
			buf_str(out, buf_get(&w.message));
		else if (got == WS_GOT_CLOSE || got == WS_BAD)
			buf_printf(out, "%u", w.code);
		else
			buf_str(out, ws_control(&w));
		buf_chr(out, ' ');
	}
	buf_free(&w.message);
}

/* A client's frame; the mask is "abcd". */
static void
put_frame(struct buf *b, int first, struct str payload)
{
	size_t at = b->n;

	ws_put_head(b, WS_TEXT, true, payload.n);
	b->p[at] = (char)first;
	b->p[at + 1] = (char)((unsigned char)b->p[at + 1] | 0x80);
	buf_lit(b, "abcd");
	for (size_t i = 0; i < payload.n; i++)
		buf_chr(b, (char)(payload.p[i] ^ "abcd"[i % 4]));
}

struct frame {
	int first;
	struct str payload;
};

static void
check_frames(const struct frame *frames, size_t n, const char *want)
{
	auto_buf in = BUF_INIT(1 << 20);

	for (size_t i = 0; i < n; i++)
		put_frame(&in, frames[i].first, frames[i].payload);
	for (size_t piece = 1; piece < 5000; piece += 4998) {
		auto_buf out = BUF_INIT(1 << 20);

		read_all(buf_get(&in), piece, &out);
		assert_str(buf_get(&out), want);
	}
}
#define CHECK(want, ...)                                          \
	do {                                                      \
		const struct frame f[] = { __VA_ARGS__ };         \
		check_frames(f, NELEM(f), want);                  \
	} while (0)

static void
test_messages(void **state unused_arg)
{
	CHECK("m:Hello ", { 0x81, STR("Hello") });
	CHECK("m: m: ", { 0x81, STR("") }, { 0x81, STR("") });
	CHECK("m:Hello m:x ", { 0x01, STR("Hel") }, { 0x80, STR("lo") },
	    { 0x81, STR("x") });
	CHECK("m:abc ", { 0x01, STR("") }, { 0x00, STR("ab") },
	    { 0x00, STR("") }, { 0x80, STR("c") });
	/* A character may be cut (8.1), a ping come in between (5.4). */
	CHECK("i:hi m:\xe2\x82\xac ", { 0x01, STR("\xe2") },
	    { 0x89, STR("hi") }, { 0x80, STR("\x82\xac") });
	CHECK("o: i: m:x ", { 0x8a, STR("") }, { 0x89, STR("") },
	    { 0x81, STR("x") });
}

static void
test_close(void **state unused_arg)
{
	CHECK("c:1005 ", { 0x88, STR("") }, { 0x81, STR("x") });
	CHECK("c:1000 ", { 0x88, STR("\x03\xe8") });
	CHECK("c:4999 ", { 0x88, STR("\x13\x87 bye") });
	CHECK("b:1002 ", { 0x88, STR("\x03") });
	CHECK("b:1002 ", { 0x88, STR("\x03\xed") });	/* 1005 */
	CHECK("b:1002 ", { 0x88, STR("\x03\xf7") });	/* 1015 */
	CHECK("b:1002 ", { 0x88, STR("\x00\x00") });
	CHECK("b:1002 ", { 0x88, STR("\x13\x88") });	/* 5000 */
	CHECK("b:1007 ", { 0x88, STR("\x03\xe8\xff") });
}

static void
test_refused(void **state unused_arg)
{
	CHECK("b:1003 ", { 0x82, STR("x") });
	CHECK("b:1002 ", { 0x80, STR("x") });
	CHECK("b:1002 ", { 0x01, STR("x") }, { 0x81, STR("y") });
	CHECK("m:x b:1002 ", { 0x81, STR("x") }, { 0x80, STR("y") });
	CHECK("b:1002 ", { 0xc1, STR("x") });
	CHECK("b:1002 ", { 0xa1, STR("x") });
	CHECK("b:1002 ", { 0x91, STR("x") });
	CHECK("b:1002 ", { 0x83, STR("x") });
	CHECK("b:1002 ", { 0x8b, STR("x") });
	CHECK("b:1002 ", { 0x09, STR("x") });
	CHECK("b:1007 ", { 0x81, STR("\xff") });
	CHECK("b:1007 ", { 0x81, STR("\xe2\x82") });
	CHECK("b:1007 ", { 0x81, STR("\xed\xa0\x80") });
}

/* Heads as they stand; all that is said is said by the head. */
static void
test_heads(void **state unused_arg)
{
	static const struct {
		struct str in;
		const char *want;
	} rows[] = {
		{ STR("\x81\x05"), "b:1002 " },		/* no mask */
		{ STR("\x81\xfe"), "" },
		{ STR("\x81\xfe\x00\x7d" "abcd"), "b:1002 " },
		{ STR("\x81\xff\0\0\0\0\0\0\xff\xff" "abcd"), "b:1002 " },
		{ STR("\x81\xff\x80\0\0\0\0\0\0\0" "abcd"), "b:1002 " },
		{ STR("\x81\xff\0\0\0\0\0\1\x11\x71" "abcd"), "b:1009 " },
		{ STR("\x81\xff\0\0\0\0\0\1\x11\x70" "abcd"), "" },
		{ STR("\x89\xfe"), "b:1002 " },		/* 126 of a ping */
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		auto_buf out = BUF_INIT(100);

		read_all(rows[i].in, 1, &out);
		assert_str(buf_get(&out), rows[i].want);
	}
}

static void
test_lengths(void **state unused_arg)
{
	static const size_t lengths[] = { 125, 126, 127, 65535, 65536, 70000 };
	auto_buf text = BUF_INIT(MESSAGE_MAX);

	for (size_t i = 0; i < MESSAGE_MAX; i++)
		buf_chr(&text, (char)('a' + i % 23));
	for (size_t i = 0; i < NELEM(lengths); i++) {
		struct str part = str_first(buf_get(&text), lengths[i]);
		auto_buf want = BUF_INIT(MESSAGE_MAX + 10);

		buf_printf(&want, "m:%.*s ", STR_FMT(part));
		buf_chr(&want, '\0');
		CHECK(want.p, { 0x81, part });
		CHECK("b:1009 ", { 0x01, buf_get(&text) }, { 0x80, STR("x") });
	}
}

static void
test_ours(void **state unused_arg)
{
	auto_buf b = BUF_INIT(100);

	ws_put_head(&b, WS_TEXT, true, 125);
	ws_put_head(&b, WS_TEXT, false, 126);
	ws_put_head(&b, WS_CONTINUATION, true, 65536);
	ws_put_close(&b, WS_PROTOCOL);
	assert_strs(buf_get(&b), STR("\x81\x7d" "\x01\x7e\x00\x7e"
	    "\x80\x7f\0\0\0\0\0\1\0\0" "\x88\x02\x03\xea"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
