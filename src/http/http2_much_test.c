/*
 * What is much, or not all: answers longer than what may wait, fields that were
 * packed, windows that are widened, half a body.
 */
#include "http/test_http2_scene.h"

/* An octet of a head is a long field that was said before. */
static void
test_unpacked(void **state unused_arg)
{
	static struct scene s;
	auto_buf b = BUF_INIT(1 << 20);
	struct str got;

	begin(&s, ANY);
	put_block(&b, ":method GET\n:scheme https\n:path /x\n"
	    ":authority a\n");
	buf_chr(&b, 0x40);	/* kept: RFC 7541 6.2.1 */
	buf_lit(&b, "\1a\177\371\26");	/* of 3064 octets */
	for (size_t i = 0; i < 3064; i++)
		buf_chr(&b, 'y');
	for (size_t i = 0; i < 10; i++)
		buf_chr(&b, (char)0xbe);	/* the first of those */
	put_frame(&s.b, NGHTTP2_HEADERS, END_STREAM | END_HEADERS, 1,
	    buf_get(&b));
	says(&s, "1:431 1:57 1:end ");
	buf_reset(&b);
	put_block(&b, ":method GET\n:scheme https\n:path /x\n"
	    ":authority a\n");
	for (size_t i = 0; i < 1000; i++)
		buf_chr(&b, (char)0xbe);
	put_frame(&s.b, NGHTTP2_HEADERS, END_STREAM | END_HEADERS, 3,
	    buf_get(&b));
	says(&s, "3:reset(2) ");
	/* What it left packed is understood behind it. */
	get(&s, 5, "/x", "");
	says(&s, "5:404 5:35 5:end ");
	for (uint32_t id = 7; id < 7 + 2 * 110; id += 2)
		put_frame(&s.b, NGHTTP2_HEADERS, END_STREAM | END_HEADERS, id,
		    buf_get(&b));
	got = http2_say(&s.c, &s.b);
	assert_true(str_find(got, STR("goaway(11) ")) < got.n);
	end(&s);
}

/* Whoever opens all windows is sent no more at once than fits. */
static void
test_long(void **state unused_arg)
{
	auto_buf four = BUF_INIT(10);
	static struct scene s;

	begin(&s, INT32_MAX);
	put_u32(&four, 1 << 30);
	put_frame(&s.b, NGHTTP2_WINDOW_UPDATE, 0, 0, buf_get(&four));
	for (uint32_t id = 1; id < 7; id += 2)
		get(&s, id, "/long", "");
	(void)http2_say(&s.c, &s.b);
	assert_int_equal(s.c.bodies.n, 3 * 300000);
	assert_int_equal(loop_fibers(s.w.loop), 0);
	end(&s);
}

/* Who reads a long answer by small pieces, all of it behind its end, and widens
 * both windows for each, is no flood. */
static void
test_small_pieces(void **state unused_arg)
{
	auto_buf four = BUF_INIT(10);
	static struct scene s;
	struct str got;

	begin(&s, INT32_MAX / 2);
	put_u32(&four, 1 << 29);
	put_frame(&s.b, NGHTTP2_WINDOW_UPDATE, 0, 0, buf_get(&four));
	for (uint32_t id = 1; id < 40; id += 2) {
		get(&s, id, "/long", "");
		(void)http2_say(&s.c, &s.b);
		buf_reset(&s.b);
		assert_int_equal(s.c.bodies.n, 300000);
		buf_reset(&s.c.bodies);
	}
	buf_reset(&four);
	put_u32(&four, 4096);
	for (size_t i = 0; i < (size_t)20 * 300000 / 4096; i++) {
		put_frame(&s.b, NGHTTP2_WINDOW_UPDATE, 0, 0, buf_get(&four));
		put_frame(&s.b, NGHTTP2_WINDOW_UPDATE, 0, 39, buf_get(&four));
	}
	got = http2_say(&s.c, &s.b);
	assert_true(str_find(got, STR("goaway")) == got.n);
	end(&s);
}

/* Moments in each of which less than one frame is forgiven add up. */
static void
test_steady(void **state unused_arg)
{
	static struct scene s;

	begin(&s, ANY);
	put_request(&s.b, 0, 1, "POST", "/echo", TEXT);
	says(&s, "");
	for (size_t i = 0; i < HTTP2_BUDGET + 200; i++) {
		put_frame(&s.b, NGHTTP2_PING, 0, 0, STR("12345678"));
		says(&s, "");
		world_pass(&s.w, 9);
	}
	end(&s);
}

/* What has come of a body is not all of it, in whatever words they leave. */
static void
test_half_body(void **state unused_arg)
{
	static const char login[] = "{\"user\":\"alice@example.test\","
	    "\"password\":\"se cret\"}";
	auto_buf four = BUF_INIT(10);
	static struct scene s;

	begin(&s, ANY);
	put_u32(&four, NGHTTP2_NO_ERROR);
	put_request(&s.b, 0, 1, "POST", "/login",
	    "content-type application/json\n");
	data(&s, 0, 1, login);
	says(&s, "");
	put_frame(&s.b, NGHTTP2_RST_STREAM, 0, 1, buf_get(&four));
	says(&s, "");
	assert_null(s.w.stores[0]);
	put_request(&s.b, 0, 3, "POST", "/login",
	    "content-type application/json\n");
	data(&s, 0, 3, login);
	says(&s, "");
	again(&s, ANY);
	assert_null(s.w.stores[0]);
	assert_int_equal(loop_fibers(s.w.loop), 0);
	/* And all of it is. */
	put_request(&s.b, 0, 1, "POST", "/login",
	    "content-type application/json\n");
	data(&s, END_STREAM, 1, login);
	(void)http2_say(&s.c, &s.b);
	assert_non_null(s.w.stores[0]);
	end(&s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unpacked),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_small_pieces),
		cmocka_unit_test(test_steady),
		cmocka_unit_test(test_half_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
