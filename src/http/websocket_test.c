#include "http/test_world.h"
#include "http/ws_frame.h"

#define ASKED "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"     \
	"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"            \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"                 \
	"Sec-WebSocket-Protocol: test\r\n\r\n"
#define CLOSE(high, low) "\x88\x02" high low

static void
begin(struct world *w)
{
	struct str got;

	world_begin(w);
	world_connect(w, 0, true);
	world_send(w, 0, STR(ASKED));
	got = world_got(w, 0);
	assert_true(str_starts(got, STR("HTTP/1.1 101 Switching ")));
	/* RFC 6455 4.2.2 has the same key. */
	assert_true(str_find(got, STR("\r\nSec-WebSocket-Accept: "
	    "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")) < got.n);
	assert_true(str_find(got, STR("\r\n\r\n")) == got.n - 4);
}

static void
end(struct world *w)
{
	world_hang_up(w, 0);
	world_settle(w);
	world_end(w);
}

/* A frame of a client, with a mask of zeros. */
static void
say(struct world *w, enum ws_opcode opcode, bool fin, struct str text)
{
	auto_buf b = BUF_INIT(2000);

	ws_put_head(&b, opcode, fin, text.n);
	b.p[1] = (char)((unsigned char)b.p[1] | 0x80);
	buf_put(&b, "\0\0\0\0", 4);
	buf_str(&b, text);
	world_send(w, 0, buf_get(&b));
}

static void
test_words(void **state unused_arg)
{
	struct world w;

	begin(&w);
	say(&w, WS_TEXT, true, STR("Hello"));
	assert_str(world_got(&w, 0), "\x81\x05Hello");
	say(&w, WS_TEXT, false, STR("Hel"));
	say(&w, WS_PING, true, STR("?"));
	say(&w, WS_CONTINUATION, true, STR("lo"));
	assert_str(world_got(&w, 0), "\x8a\x01?\x81\x05Hello");
	say(&w, WS_CLOSE, true, STR("\x03\xe8"));
	assert_str(world_got(&w, 0), CLOSE("\x03", "\xe8"));
	assert_true(w.c[0].eof);
	end(&w);
}

/* Who is silent is asked, and who answers stays. */
static void
test_silence(void **state unused_arg)
{
	struct world w;

	begin(&w);
	for (int minute = 0; minute < 10; minute++) {
		world_pass(&w, 59000);
		assert_str(world_got(&w, 0), "");
		world_pass(&w, 1000);
		assert_strs(world_got(&w, 0), STR("\x89\0"));
		say(&w, WS_PONG, true, STR(""));
	}
	world_pass(&w, 60000);
	assert_strs(world_got(&w, 0), STR("\x89\0"));
	world_pass(&w, 59000);
	assert_false(w.c[0].eof);
	world_pass(&w, 1000);
	assert_str(world_got(&w, 0), CLOSE("\x03", "\xf0"));
	assert_false(w.c[0].eof);	/* theirs is waited for, */
	world_pass(&w, 2000);
	assert_true(w.c[0].eof);	/* but not for ever */
	end(&w);
}

/* A message that does not come to its end, whatever comes of it. */
static void
test_slow_message(void **state unused_arg)
{
	struct world w;

	begin(&w);
	say(&w, WS_TEXT, false, STR("a"));
	for (int s = 0; s < 29; s++) {
		world_pass(&w, 1000);
		say(&w, WS_CONTINUATION, false, STR(""));
		assert_str(world_got(&w, 0), "");
	}
	world_pass(&w, 2000);
	assert_str(world_got(&w, 0), CLOSE("\x03", "\xf0"));
	end(&w);
}

/* Who reads nothing is left when nothing has gone out for half a minute. */
static void
test_deaf(void **state unused_arg)
{
	struct world w;

	begin(&w);
	w.c[0].deaf = true;
	say(&w, WS_TEXT, true, STR("long"));
	world_pass(&w, 29000);
	assert_int_equal(w.ended, 0);
	world_pass(&w, 2000);
	assert_int_equal(w.ended, 1);
	end(&w);
}

/* In fragments, and a ping in the middle would not hurt. */
static void
test_long_message(void **state unused_arg)
{
	struct world w;
	struct str got;
	size_t frames = 0, octets = 0;

	begin(&w);
	say(&w, WS_TEXT, true, STR("long"));
	for (got = world_got(&w, 0); got.n > 0; frames++) {
		const unsigned char *p = (const unsigned char *)got.p;
		size_t n = p[1] < 126 ? p[1] : (size_t)p[2] << 8 | p[3];

		assert_int_equal(p[0] & 0x0f, frames == 0 ? WS_TEXT :
		    WS_CONTINUATION);
		octets += n;
		got = str_from(got, n + (p[1] < 126 ? 2 : 4));
		assert_int_equal(p[0] >> 7, got.n == 0);
	}
	assert_true(frames > 5 && octets > 100000);
	end(&w);
}

static void
test_limits(void **state unused_arg)
{
	struct world w;

	begin(&w);
	say(&w, WS_TEXT, false, STR("a"));
	world_send(&w, 0, STR("\x80\xfe\x03\xe8" "abcd"));	/* 1,000 more */
	assert_str(world_got(&w, 0), CLOSE("\x03", "\xf1"));
	end(&w);
}

static void
test_stop(void **state unused_arg)
{
	struct world w;

	begin(&w);
	loop_stop(w.loop);
	world_settle(&w);
	assert_str(world_got(&w, 0), CLOSE("\x03", "\xe9"));
	end(&w);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_slow_message),
		cmocka_unit_test(test_deaf),
		cmocka_unit_test(test_long_message),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
