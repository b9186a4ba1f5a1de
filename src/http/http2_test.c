#include "http/test_http2_scene.h"

#include <malloc.h>

#define GOOD "YWxpY2VAZXhhbXBsZS50ZXN0OnNlIGNyZXQ="	/* alice, se cret */
#define WRONG "YWxpY2VAZXhhbXBsZS50ZXN0OnNlY3JldA=="
#define BASIC(proof) "authorization Basic " proof "\n"

static bool
head_has(struct scene *s, const char *line)
{
	struct str all = buf_get(&s->c.heads);

	return str_find(all, str_c(line)) < all.n;
}

/* ---- requests ------------------------------------------------------------ */

static void
test_requests(void **state unused_arg)
{
	static struct scene s;

	begin(&s, ANY);
	get(&s, 1, "/x", "");
	says(&s, "1:404 1:35 1:end ");
	assert_true(head_has(&s, "content-length: 35\n"));
	assert_true(head_has(&s, "x-content-type-options: nosniff\n"));
	assert_true(head_has(&s, "date: "));
	assert_false(head_has(&s, "connection"));
	/* One is waiting for its body while others are answered. */
	put_request(&s.b, 0, 3, "POST", "/echo", TEXT);
	put_request(&s.b, END_STREAM, 5, "HEAD", "/x", "");
	put_request(&s.b, END_STREAM, 7, "OPTIONS", "*", "");
	get(&s, 9, "/stream/2", "");
	says(&s, "5:404 5:end 7:204 7:end 9:200 9:12 9:end ");
	assert_int_equal(loop_fibers(s.w.loop), 1);
	buf_reset(&s.c.bodies);
	data(&s, 0, 3, "hel");
	says(&s, "");
	data(&s, END_STREAM, 3, "lo");
	says(&s, "3:200 3:5 3:end ");
	assert_str(buf_get(&s.c.bodies), "hello");
	assert_int_equal(loop_fibers(s.w.loop), 0);
	/* Behind it fields that mean nothing. */
	put_request(&s.b, 0, 11, "POST", "/echo", TEXT "content-length 2\n");
	data(&s, 0, 11, "hi");
	put_headers(&s.b, END_STREAM | END_HEADERS, 11, "x y\n");
	says(&s, "11:200 11:2 11:end ");
	/* It breaks off in the middle. */
	get(&s, 13, "/stream/9", "");
	says(&s, "13:200 13:54 13:reset(2) ");
	end(&s);
}

static void
test_statuses(void **state unused_arg)
{
	static const struct {
		uint8_t flags;
		const char *method, *path, *more, *want;
	} rows[] = {
		{ END_STREAM, "BREW", "/x", "", "1:501 1:41 1:end " },
		{ END_STREAM, "PUT", "/session", "", "1:405 1:44 1:end " },
		{ 0, "POST", "/echo", TEXT "content-length 101\n",
		    "1:413 1:43 1:end 1:reset(0) " },
		{ END_STREAM, "POST", "/echo", TEXT, "1:411 1:41 1:end " },
		{ END_STREAM, "POST", "/echo", "content-length 0\n",
		    "1:415 1:48 1:end " },
		{ END_STREAM, "GET", "/x", "expect x\n", "1:417 1:44 1:end " },
		{ END_STREAM, "GET", "/../x", "", "1:400 1:37 1:end " },
		{ END_STREAM, "GET", "/x", "host a\n", "1:404 1:35 1:end " },
		{ END_STREAM, "GET", "/x", "host b\n", "1:400 1:37 1:end " },
		/* nghttp2 knows that these are none */
		{ END_STREAM, "GET", "/x", "connection close\n",
		    "1:reset(1) " },
		{ END_STREAM, "GET", "/x", "transfer-encoding chunked\n",
		    "1:reset(1) " },
		{ END_STREAM, "GET", "/x", "upgrade h2c\n", "1:reset(1) " },
		{ END_STREAM, "GET", "/x", "X y\n", "1:reset(1) " },
		{ END_STREAM, "GET", "/x", ":path /y\n", "1:reset(1) " },
		{ END_STREAM, "GET", "x", "", "1:reset(1) " },
		{ END_STREAM, "GET", "/x", "content-length 1\n",
		    "1:reset(1) " },
		{ END_STREAM, "CONNECT", "/x", "", "1:reset(1) " },
		/* another origin */
		{ END_STREAM, "POST", "/echo", TEXT "content-length 0\n"
		    "origin https://b\n", "1:403 1:70 1:end " },
		{ END_STREAM, "POST", "/echo", TEXT "content-length 0\n"
		    "origin https://a\n", "1:200 1:end " },
		/* 1.1 only */
		{ END_STREAM, "GET", "/ws", "", "1:reset(13) " },
	};
	static struct scene s;

	begin(&s, ANY);
	for (size_t i = 0; i < NELEM(rows); i++) {
		struct str got;

		again(&s, ANY);
		put_request(&s.b, rows[i].flags, 1, rows[i].method,
		    rows[i].path, rows[i].more);
		got = http2_say(&s.c, &s.b);
		if (!str_eq(got, str_c(rows[i].want)))
			print_error("%s %s %s", rows[i].method, rows[i].path,
			    rows[i].more);
		assert_str(got, rows[i].want);
	}
	again(&s, ANY);
	put_headers(&s.b, END_STREAM | END_HEADERS, 1, ":method GET\n"
	    ":scheme https\n:path /x\n:authority elsewhere\n");
	put_headers(&s.b, END_STREAM | END_HEADERS, 3, ":method GET\n"
	    ":scheme http\n:path /x\n:authority a\n");
	put_headers(&s.b, END_STREAM | END_HEADERS, 5, ":method GET\n"
	    ":scheme https\n:path /x\nhost a\n");
	says(&s, "1:421 3:400 5:404 1:45 1:end 3:37 3:end 5:35 5:end ");
	end(&s);
}

static void
test_heads(void **state unused_arg)
{
	static struct scene s;
	auto_buf b = BUF_INIT(1 << 20);

	begin(&s, ANY);
	/* As long as it may be, and longer. */
	buf_printf(&b, "/%0*d", HTTP_LINE_MAX, 0);
	buf_chr(&b, '\0');
	get(&s, 1, b.p, "");
	get(&s, 3, "/x", "");
	says(&s, "1:414 3:404 1:38 1:end 3:35 3:end ");
	buf_reset(&b);
	for (size_t i = 0; i <= HTTP_FIELDS_MAX; i++)
		buf_lit(&b, "a b\n");
	buf_chr(&b, '\0');
	get(&s, 5, "/x", b.p);
	says(&s, "5:431 5:57 5:end ");
	/* More than all may be, in two frames. */
	buf_reset(&b);
	put_block(&b, ":method GET\n:scheme https\n:path /x\n"
	    ":authority a\n");
	put_frame(&s.b, NGHTTP2_HEADERS, END_STREAM, 7, buf_get(&b));
	for (size_t k = 0; k < 3; k++) {
		buf_reset(&b);
		for (size_t i = 0; i < 12; i++)
			buf_printf(&b, "a %0*d\n", 1000, 0);
		buf_chr(&b, '\0');
		{
			auto_buf block = BUF_INIT(1 << 20);

			put_block(&block, b.p);
			put_frame(&s.b, NGHTTP2_CONTINUATION,
			    k == 2 ? END_HEADERS : 0, 7, buf_get(&block));
		}
	}
	says(&s, "7:431 7:57 7:end ");
	end(&s);
}

static void
test_expect(void **state unused_arg)
{
	static struct scene s;

	begin(&s, ANY);
	put_request(&s.b, 0, 1, "POST", "/echo", TEXT
	    "expect 100-continue\n");
	says(&s, "1:100 ");
	data(&s, END_STREAM, 1, "hello");
	says(&s, "1:200 1:5 1:end ");
	put_request(&s.b, 0, 3, "POST", "/echo", TEXT
	    "expect 100-continue\ncontent-length 101\n");
	says(&s, "3:413 3:43 3:end 3:reset(0) ");
	end(&s);
}

static void
test_basic(void **state unused_arg)
{
	static struct scene s;

	begin(&s, ANY);
	/* Many at once, and one login. */
	for (uint32_t id = 1; id < 10; id += 2)
		get(&s, id, "/session", BASIC(GOOD));
	says(&s, "1:200 1:30 1:end 3:200 3:30 3:end 5:200 5:30 5:end "
	    "7:200 7:30 7:end 9:200 9:30 9:end ");
	assert_non_null(s.w.stores[0]);
	assert_null(s.w.stores[1]);
	/* Somebody else's words: who was there before is so no more. */
	get(&s, 11, "/session", BASIC(WRONG));
	get(&s, 13, "/session", "");
	says(&s, "13:401 11:401 11:72 11:end 13:38 13:end ");
	assert_null(s.w.stores[0]);
	/* The fifth wrong one is the last, also when they come together. */
	for (uint32_t id = 15; id < 30; id += 2)
		get(&s, id, "/session", BASIC(WRONG));
	{
		struct str got = http2_say(&s.c, &s.b);

		assert_true(str_find(got, STR("goaway(0) ")) < got.n);
	}
	world_pass(&s.w, HTTP_LINGER_MS + 1000);
	hears(&s, "end");
	end(&s);
}

/* ---- bounds -------------------------------------------------------------- */

enum flood { RESETS, PINGS, SETTINGS, EMPTY, PRIORITIES, WINDOWS, HEADS,
	FLOODS };

static void
put_flood(struct buf *b, enum flood kind, uint32_t i)
{
	auto_buf four = BUF_INIT(10);

	put_u32(&four, 1);
	switch (kind) {
	case RESETS:
		put_request(b, 0, 2 * i + 3, "POST", "/echo", TEXT);
		put_frame(b, NGHTTP2_RST_STREAM, 0, 2 * i + 3, buf_get(&four));
		break;
	case PINGS:
		put_frame(b, NGHTTP2_PING, 0, 0, STR("12345678"));
		break;
	case SETTINGS:
		put_frame(b, NGHTTP2_SETTINGS, 0, 0, STR_NULL);
		break;
	case EMPTY:
		put_frame(b, NGHTTP2_DATA, 0, 1, STR_NULL);
		break;
	case PRIORITIES:
		put_frame(b, NGHTTP2_PRIORITY, 0, 1 + 2 * i,
		    str_make("\0\0\0\0\1", 5));
		break;
	case WINDOWS:
		put_frame(b, NGHTTP2_WINDOW_UPDATE, 0, 1, buf_get(&four));
		break;
	case HEADS:
		/* Malformed, so nothing of ours ever runs. */
		put_request(b, END_STREAM, 2 * i + 3, "GET", "/x", "X y\n");
		break;
	case FLOODS:
		break;
	}
}

static void
test_streams(void **state unused_arg)
{
	static struct scene s;
	struct str got;

	begin(&s, ANY);
	for (uint32_t i = 0; i <= HTTP2_STREAMS; i++)
		put_request(&s.b, 0, 2 * i + 1, "POST", "/echo", TEXT);
	says(&s, "65:reset(7) ");
	assert_int_equal(loop_fibers(s.w.loop), HTTP2_STREAMS);
	data(&s, END_STREAM, 1, "a");
	says(&s, "1:200 1:1 1:end ");
	get(&s, 67, "/x", "");
	says(&s, "67:404 67:35 67:end ");
	/* Those that are reset at once count until their fibers have ended. */
	for (uint32_t i = 0; i < 40; i++)
		put_flood(&s.b, RESETS, i + 50);
	got = http2_say(&s.c, &s.b);
	buf_reset(&s.b);
	assert_true(str_find(got, STR("reset(7) ")) < got.n);
	/* They are gone, and nothing of theirs is left. */
	http2_hang_up(&s.c);
	assert_int_equal(loop_fibers(s.w.loop), 0);
	http2_connect(&s.c, &s.w, ANY);
	/* Refusals, one behind another. */
	for (uint32_t i = 0; i < 30; i++)
		get(&s, 2 * i + 1, "/x", "");
	got = http2_say(&s.c, &s.b);
	buf_reset(&s.b);
	assert_true(str_find(got, STR("goaway")) == got.n);
	for (uint32_t i = 30; i < 60; i++)
		get(&s, 2 * i + 1, "/x", "");
	got = http2_say(&s.c, &s.b);
	assert_true(str_find(got, STR("goaway(0) ")) < got.n);
	world_pass(&s.w, HTTP_LINGER_MS + 1000);
	hears(&s, "end");
	end(&s);
}

/* So many of them at once: have we had enough? */
static bool
ends_flood(struct scene *s, enum flood kind, uint32_t n)
{
	static uint32_t at;
	struct str got;

	at = at > 100000 ? 0 : at;
	for (uint32_t i = 0; i < n; i++)
		put_flood(&s->b, kind, at++);
	got = http2_say(&s->c, &s->b);
	buf_reset(&s->b);
	return str_find(got, STR("goaway(11) ")) < got.n;
}

/* Who asks for nothing, and goes on and on: a thousand frames, or as many
 * resets as cost that, and then no more of it. */
static void
test_floods(void **state unused_arg)
{
	static struct scene s;

	begin(&s, ANY);
	for (enum flood kind = 0; kind < FLOODS; kind++) {
		uint32_t n = kind == RESETS || kind == HEADS ? 10 : 1;

		print_message("flood %d\n", kind);
		again(&s, ANY);
		put_request(&s.b, 0, 1, "POST", "/echo", TEXT);
		says(&s, "");
		assert_false(ends_flood(&s, kind, 450 / n));
		/* Some of it is forgiven with time. */
		world_pass(&s.w, 5000);
		assert_false(ends_flood(&s, kind, 450 / n));
		assert_true(ends_flood(&s, kind, 1100 / n));
		world_pass(&s.w, HTTP_LINGER_MS + 1000);
		hears(&s, "end");
		assert_int_equal(loop_fibers(s.w.loop), 0);
	}
	end(&s);
}

static void
test_continuations(void **state unused_arg)
{
	static struct scene s;

	begin(&s, ANY);
	put_headers(&s.b, 0, 1, ":method GET\n");
	for (size_t i = 0; i < 100; i++)
		put_frame(&s.b, NGHTTP2_CONTINUATION, 0, 1, STR_NULL);
	(void)http2_say(&s.c, &s.b);
	world_pass(&s.w, HTTP_LINGER_MS + 1000);
	assert_true(s.w.c[0].eof);
	assert_int_equal(loop_fibers(s.w.loop), 0);
	end(&s);
}

/* ---- time ---------------------------------------------------------------- */

static void
test_idle(void **state unused_arg)
{
	static struct scene s;

	begin(&s, ANY);
	assert_int_equal(loop_fibers(s.w.loop), 0);
	/* Who only says that they are there is silent. */
	for (size_t i = 0; i < 7; i++) {
		world_pass(&s.w, 10000);
		put_frame(&s.b, NGHTTP2_PING, 0, 0, STR("12345678"));
		put_frame(&s.b, 0x42, 0, 1, STR("no frame of ours"));
		says(&s, "");
	}
	assert_int_equal(s.c.acks, 8);
	world_pass(&s.w, 6000);
	hears(&s, "goaway(0) end");
	/* A request begins it anew. */
	again(&s, ANY);
	world_pass(&s.w, 70000);
	get(&s, 1, "/x", "");
	says(&s, "1:404 1:35 1:end ");
	world_pass(&s.w, 70000);
	hears(&s, "");
	world_pass(&s.w, 6000);
	hears(&s, "goaway(0) end");
	/* Half a head is not waited for as long. */
	again(&s, ANY);
	put_headers(&s.b, END_STREAM, 1, ":method GET\n:path /x\n");
	says(&s, "");
	world_pass(&s.w, HTTP_HEAD_MS - 1000);
	hears(&s, "");
	world_pass(&s.w, 2000);
	hears(&s, "goaway(0) end");
	end(&s);
}

static void
test_slow(void **state unused_arg)
{
	static struct scene s;

	begin(&s, ANY);
	/* Half a body. */
	put_request(&s.b, 0, 1, "POST", "/echo", TEXT);
	data(&s, 0, 1, "hell");
	says(&s, "");
	world_pass(&s.w, HTTP_PACE_MS + 2000);
	hears(&s, "1:408 1:41 1:end 1:reset(0) ");
	/* A window that never opens; the connection goes on. */
	again(&s, 0);
	get(&s, 1, "/stream/2", "");
	says(&s, "1:200 ");
	world_pass(&s.w, HTTP_PACE_MS - 1000);
	hears(&s, "");
	world_pass(&s.w, 2000);
	hears(&s, "1:reset(8) ");
	assert_int_equal(loop_fibers(s.w.loop), 0);
	get(&s, 3, "/stream/2", "");
	says(&s, "3:200 ");
	put_u32(&s.b, 7);
	{
		auto_buf four = BUF_INIT(10);

		put_u32(&four, 7);
		buf_reset(&s.b);
		put_frame(&s.b, NGHTTP2_WINDOW_UPDATE, 0, 3, buf_get(&four));
		says(&s, "3:7 ");
		put_frame(&s.b, NGHTTP2_WINDOW_UPDATE, 0, 3, buf_get(&four));
		says(&s, "3:5 3:end ");
	}
	/* Who takes nothing from the wire. */
	again(&s, ANY);
	s.w.c[0].deaf = true;
	for (uint32_t i = 0; i < 100; i++) {
		get(&s, 2 * i + 1, "/stream/8", "");
		if (i % 20 == 0)
			says(&s, "");
	}
	world_pass(&s.w, HTTP_PACE_MS + 2000);
	assert_int_equal(loop_fibers(s.w.loop), 0);
	s.w.c[0].deaf = false;
	world_settle(&s.w);
	assert_true(s.w.c[0].eof);
	end(&s);
}

static void
test_stop(void **state unused_arg)
{
	static struct scene s;

	begin(&s, ANY);
	put_request(&s.b, 0, 1, "POST", "/echo", TEXT);
	put_request(&s.b, 0, 3, "POST", "/echo", TEXT);
	says(&s, "");
	loop_stop(s.w.loop);
	world_settle(&s.w);
	hears(&s, "goaway(0) ");
	/* What is new is not looked at, what is under way ends. */
	get(&s, 5, "/x", "");
	data(&s, END_STREAM, 1, "hello");
	says(&s, "1:200 1:5 1:end ");
	world_pass(&s.w, HTTP2_LEAVE_MS + 1000);
	hears(&s, "end");
	end(&s);
}

static void
test_reset(void **state unused_arg)
{
	auto_buf four = BUF_INIT(10);
	static struct scene s;

	begin(&s, 5);
	put_u32(&four, NGHTTP2_CANCEL);
	/* In the middle of a body, and of an answer. */
	put_request(&s.b, 0, 1, "POST", "/echo", TEXT);
	data(&s, 0, 1, "hell");
	get(&s, 3, "/stream/8", "");
	says(&s, "3:200 3:5 ");
	assert_int_equal(loop_fibers(s.w.loop), 2);
	put_frame(&s.b, NGHTTP2_RST_STREAM, 0, 1, buf_get(&four));
	put_frame(&s.b, NGHTTP2_RST_STREAM, 0, 3, buf_get(&four));
	says(&s, "");
	assert_int_equal(loop_fibers(s.w.loop), 0);
	/* A body that nobody wants, behind its answer. */
	put_request(&s.b, 0, 5, "GET", "/x", "");
	says(&s, "5:404 5:5 ");
	data(&s, 0, 5, "and more");
	says(&s, "");
	put_frame(&s.b, NGHTTP2_RST_STREAM, 0, 5, buf_get(&four));
	says(&s, "");
	end(&s);
}

/* ---- memory -------------------------------------------------------------- */

static size_t
used(void)
{
	return mallinfo2().uordblks;
}

/* What a connection takes of the heap: at rest, with all its streams at work,
 * and again at rest. Its TLS, and the stacks of fibers, are not in it. */
static void
test_memory(void **state unused_arg)
{
	struct http2_client *c;
	static struct scene s;
	size_t before, idle, full, after;

	if (HAVE_ASAN)
		skip();
	begin(&s, 0);
	http2_hang_up(&s.c);
	before = used();
	http2_connect(&s.c, &s.w, 0);
	c = &s.c;
	buf_free(&c->there);
	idle = used() - before;
	for (uint32_t i = 0; i < HTTP2_STREAMS; i++)
		get(&s, 2 * i + 1, "/stream/8", "");
	(void)http2_say(c, &s.b);
	assert_int_equal(loop_fibers(s.w.loop), HTTP2_STREAMS);
	buf_free(&s.b);
	full = used() - before;
	world_pass(&s.w, HTTP_PACE_MS + 2000);
	(void)http2_hear(c);
	assert_int_equal(loop_fibers(s.w.loop), 0);
	buf_free(&c->heads);
	buf_free(&c->bodies);
	buf_free(&c->there);
	after = used() - before;
	print_message("at rest %zu, with %d streams %zu, behind them %zu\n",
	    idle, HTTP2_STREAMS, full, after);
	assert_in_range(idle, 1, 48 << 10);
	assert_in_range(full, idle, 1 << 20);
	end(&s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_expect),
		cmocka_unit_test(test_basic),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_floods),
		cmocka_unit_test(test_continuations),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
