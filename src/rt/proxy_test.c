#include "rt/proxy.h"

#include "base/test.h"

#define SIG "\r\n\r\n\0\r\nQUIT\n"
#define V4 "\xc0\x00\x02\x01\xcb\x00\x71\x09\x12\x34\x00\x19"
#define V6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"

/* Whole, and octet by octet; what is behind it stays. */
static void
test_headers(void **state unused_arg)
{
	static const struct {
		struct str in;
		enum proxy_state state;
		const char *from, *to;
		uint16_t from_port, to_port;
		size_t left;
	} t[] = {
#define T(in, ...) { { "" in, sizeof(in) - 1 }, __VA_ARGS__ }
#define L100 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"           \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		T("PROXY TCP4 192.0.2.1 203.0.113.9 4660 25\r\nEHLO x\r\n",
		    PROXY_SAID, "192.0.2.1", "203.0.113.9", 4660, 25, 8),
		T("PROXY TCP6 2001:DB8::1 ::1 0 65535\r\n", PROXY_SAID,
		    "2001:db8::1", "::1", 0, 65535, 0),
		T("PROXY UNKNOWN\r\nx", PROXY_SAME, .left = 1),
		T("PROXY UNKNOWN ffff::1 and more\r\n", PROXY_SAME),
		T("PROXY TCP4 192.0.2.1 203.0.113.9 4660", PROXY_MORE),
		T("PROXY TCP4 192.0.2.1 203.0.113.9 4660\r\n", PROXY_BAD),
		T("PROXY TCP4 192.0.2.1 203.0.113.9 1 2 3\r\n", PROXY_BAD),
		T("PROXY TCP4 192.0.2.1  203.0.113.9 1 2\r\n", PROXY_BAD),
		T("PROXY TCP4 192.0.2.256 203.0.113.9 1 2\r\n", PROXY_BAD),
		T("PROXY TCP4 192.0.2.1 203.0.113.9 1 65536\r\n", PROXY_BAD),
		T("PROXY TCP4 192.0.2.1 203.0.113.9 1 -2\r\n", PROXY_BAD),
		T("PROXY TCP4 ::1 ::1 1 2\r\n", PROXY_BAD),
		T("PROXY TCP5 192.0.2.1 203.0.113.9 1 2\r\n", PROXY_BAD),
		T("PROXY TCP4 192.0.2.1\0 203.0.113.9 1 2\r\n", PROXY_BAD),
		T("PROXX UNKNOWN\r\n", PROXY_BAD),
		T("PROXY\r\n", PROXY_BAD),
		T("P\r\n", PROXY_BAD),
		T("EHLO x\r\n", PROXY_BAD, .left = 7),
		T("PROXY " L100, PROXY_MORE),
		T("PROXY " L100 "xQUIT\r\n", PROXY_BAD, .left = 6),
		T(SIG "\x21\x11\0\x0c" V4 "EHLO", PROXY_SAID, "192.0.2.1",
		    "203.0.113.9", 4660, 25, 4),
		/* with more behind the addresses */
		T(SIG "\x21\x11\0\x10" V4 "\x04\0\x01xE", PROXY_SAID,
		    "192.0.2.1", "203.0.113.9", 4660, 25, 1),
		T(SIG "\x21\x21\0\x24" V6 V6 "\0\x01\0\x02", PROXY_SAID,
		    "2001:db8::1", "2001:db8::1", 1, 2, 0),
		T(SIG "\x20\x11\0\x0c" V4, PROXY_SAME),
		T(SIG "\x20\0\0\0E", PROXY_SAME, .left = 1),
		T(SIG "\x21\0\0\x02xyE", PROXY_SAME, .left = 1),
		T(SIG "\x21\x11\0\x0c", PROXY_MORE),
		T(SIG "\x21\x11\0\x0b" V4, PROXY_BAD, .left = 12),
		T(SIG "\x21\x12\0\x0c" V4, PROXY_BAD, .left = 12), /* UDP */
		T(SIG "\x21\x31\0\x0c" V4, PROXY_BAD, .left = 12), /* unix */
		T(SIG "\x22\x11\0\x0c" V4, PROXY_BAD, .left = 12),
		T(SIG "\x11\x11\0\x0c" V4, PROXY_BAD, .left = 12),
		T(SIG "\x21\x11\xff\xff" V4, PROXY_BAD, .left = 12),
		T("\r\n\r\n\0\r\nQUIX\n\x21\x11\0\x0c" V4, PROXY_BAD,
		    .left = 12),
#undef T
	};

	for (size_t i = 0; i < NELEM(t); i++)
		for (size_t step = 1; step <= t[i].in.n;
		    step = step == 1 ? t[i].in.n : step + 1) {
			struct proxy_header h = { .state = PROXY_MORE };
			struct str in = t[i].in;
			size_t used;

			while (h.state == PROXY_MORE && in.n > 0) {
				(void)proxy_feed(&h, str_first(in, step),
				    &used);
				in = str_from(in, used);
			}
			assert_int_equal(h.state, t[i].state);
			assert_int_equal(in.n, t[i].left);
			if (h.state != PROXY_SAID)
				continue;
			assert_string_equal(h.from, t[i].from);
			assert_string_equal(h.to, t[i].to);
			assert_int_equal(h.from_port, t[i].from_port);
			assert_int_equal(h.to_port, t[i].to_port);
		}
}

/* What else is told has a bound, and is taken to its end. */
static void
test_long(void **state unused_arg)
{
	static char in[PROXY_FIXED + PROXY_REST_MAX + 1];
	struct proxy_header h = { .state = PROXY_MORE };
	size_t used;

	memcpy(in, SIG "\x21\x11\x08\0" V4, PROXY_FIXED + 12);
	assert_int_equal(proxy_feed(&h, str_make(in, sizeof(in)), &used),
	    PROXY_SAID);
	assert_int_equal(used, sizeof(in) - 1);
	assert_string_equal(h.from, "192.0.2.1");
	h = (struct proxy_header){ .state = PROXY_MORE };
	in[PROXY_FIXED - 1] = 1;
	assert_int_equal(proxy_feed(&h, str_make(in, sizeof(in)), &used),
	    PROXY_BAD);
}

/* What we write is what we read. */
static void
test_put(void **state unused_arg)
{
	static const char *const t[][2] = { { "192.0.2.1", "203.0.113.9" },
		{ "0.0.0.0", "192.0.2.1" }, { "::", "2001:db8::1" },
		{ "2001:db8::2", "2001:db8::1" } };

	for (size_t i = 0; i < NELEM(t); i++) {
		struct proxy_header h = { .state = PROXY_MORE };
		auto_buf b = BUF_INIT(100);
		struct ip from, to;
		size_t used;

		assert_true(ip_parse(str_c(t[i][0]), &from));
		assert_true(ip_parse(str_c(t[i][1]), &to));
		proxy_put(&b, &from, &to, 2525);
		assert_int_equal(proxy_feed(&h, buf_get(&b), &used),
		    PROXY_SAID);
		assert_int_equal(used, b.n);
		assert_string_equal(h.from, t[i][0]);
		assert_string_equal(h.to, t[i][1]);
		assert_int_equal(h.from_port, 0);
		assert_int_equal(h.to_port, 2525);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
