#include "base/test.h"
#include "smtp/reply.h"

static void
test_put(void **state unused_arg)
{
	static const struct {
		struct reply r;
		const char *wire;
	} t[] = {
		{ SMTP_REPLY_INIT(250, "2.1.0", "Ok"), "250 2.1.0 Ok\r\n" },
		{ SMTP_REPLY_INIT(220, NULL, "mx ESMTP"), "220 mx ESMTP\r\n" },
		{ SMTP_REPLY_INIT(334, NULL, ""), "334 \r\n" },
		{ SMTP_REPLY_INIT(250, NULL, "mx\nSIZE 1\nHELP"),
		    "250-mx\r\n250-SIZE 1\r\n250 HELP\r\n" },
		{ SMTP_REPLY_INIT(550, "5.1.1", "a\nb"),
		    "550-5.1.1 a\r\n550 5.1.1 b\r\n" },
		/* nobody breaks our lines */
		{ SMTP_REPLY_INIT(250, "2.0.0", "a\r250 b\x80\0c"),
		    "250 2.0.0 a?250 b??c\r\n" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		auto_buf b = BUF_INIT(4096);

		smtp_reply_put(&b, &t[i].r);
		assert_str(buf_get(&b), t[i].wire);
	}
}

static void
test_long_line(void **state unused_arg)
{
	auto_buf b = BUF_INIT(4096);
	struct arena *a = arena_new(4096);
	struct reply r = smtp_replyf(a, 550, "5.7.128", "%0600d", 1);

	smtp_reply_put(&b, &r);
	assert_true(buf_get(&b).n <= SMTP_REPLY_LINE_MAX);
	assert_true(str_endsi(buf_get(&b), STR("0\r\n")));
	arena_free(a);
}

/* Every row of the tables has a code, and its class is the enhanced one's. */
static void
test_tables(void **state unused_arg)
{
	for (int e = E_DAMAGED; e < 0; e++) {
		struct reply r = smtp_reply_err(e);

		assert_int_equal(r.code / 100, r.enhanced[0] - '0');
		assert_true(r.text.n > 0);
	}
	for (int w = SYNTAX_OK + 1; w < SYNTAX_N; w++) {
		struct reply r = smtp_reply_syntax((enum smtp_syntax)w,
		    "5.1.3");

		assert_int_equal(r.code / 100, 5);
		assert_int_equal(r.enhanced[0], '5');
	}
	assert_int_equal(smtp_reply_err(E_FULL).code, 452);
	assert_int_equal(smtp_reply_err(E_IO).code, 451);
	assert_int_equal(smtp_reply_err(E_PEER).code, 451);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
