/*
 * scan_words_test.c - what scanners say, and what they are told.
 */
#include "base/test.h"
#include "errand/scan_words.h"

static struct scan_answer
clamav(struct str said, struct arena *a)
{
	struct scan_answer out;

	scan_read_clamav(said, a, &out);
	return out;
}

static void
test_clamav(void **state unused_arg)
{
	struct arena *a = arena_new(65536);
	struct scan_answer out;

	assert_int_equal(clamav(STR("stream: OK"), a).result, SCAN_CLEAN);
	out = clamav(STR("stream: Win.Test.EICAR_HDB-1 FOUND"), a);
	assert_int_equal(out.result, SCAN_FOUND);
	assert_str(out.why, "Win.Test.EICAR_HDB-1");
	out = clamav(STR("stream: a\r\nb\xff FOUND"), a);
	assert_int_equal(out.result, SCAN_FOUND);
	assert_str(out.why, "a??b?");
	arena_free(a);
}

/* What says neither has looked at nothing. */
static void
test_clamav_away(void **state unused_arg)
{
	static const struct str said[] = {
		STR("INSTREAM size limit exceeded. ERROR"), STR(""),
		STR("stream: Can't allocate memory ERROR"), STR("stream:"),
		STR("stream:  FOUND"), STR("stream: OK and more"),
		STR("UNKNOWN COMMAND"),
	};
	struct arena *a = arena_new(65536);

	for (size_t i = 0; i < NELEM(said); i++) {
		struct scan_answer out = clamav(said[i], a);

		assert_int_equal(out.result, SCAN_AWAY);
		assert_true(out.why.n > 0);
	}
	arena_free(a);
}

static struct scan_answer
rspamd(const char *said, struct arena *a)
{
	struct scan_answer out;

	scan_read_rspamd(str_c(said), a, &out);
	return out;
}

static void
test_rspamd(void **state unused_arg)
{
	static const struct {
		const char *action;
		enum scan_wish wish;
	} t[] = {
		{ "no action", SCAN_TAKE }, { "greylist", SCAN_TAKE },
		{ "soft reject", SCAN_TAKE }, { "add header", SCAN_JUNK },
		{ "rewrite subject", SCAN_JUNK }, { "reject", SCAN_REFUSE },
		{ "quarantine", SCAN_JUNK }, { "", SCAN_TAKE },
	};
	struct arena *a = arena_new(65536);
	char text[300];

	for (size_t i = 0; i < NELEM(t); i++) {
		struct scan_answer out;

		(void)snprintf(text, sizeof(text), "{\"score\":7.26,"
		    "\"action\":\"%s\",\"symbols\":{}}", t[i].action);
		out = rspamd(text, a);
		assert_int_equal(out.result, SCAN_FOUND);
		assert_int_equal(out.wish, t[i].wish);
		assert_int_equal(out.tenths, 72);
		assert_int_equal(out.why.n, 0);
	}
	arena_free(a);
}

/* Those with the most points, and no others. */
static void
test_symbols(void **state unused_arg)
{
	struct arena *a = arena_new(65536);
	struct scan_answer out = rspamd("{\"score\":-3,\"action\":"
	    "\"no action\",\"symbols\":{\"A\":{\"score\":1},"
	    "\"B\":{\"score\":4.5},\"GOOD\":{\"score\":-9},"
	    "\"C\":{\"score\":2},\"D\":{\"score\":3},\"E\":"
	    "{\"score\":0.5},\"F\":{\"score\":\"9\"},\"G\":7}}", a);

	assert_int_equal(out.tenths, -30);
	assert_str(out.why, "B D C A");
	arena_free(a);
}

static void
test_rspamd_hostile(void **state unused_arg)
{
	static const char *const said[] = { "", "{", "[]", "{}", "null",
		"{\"score\":\"1\",\"action\":\"reject\"}",
		"{\"score\":1,\"action\":7}",
		"{\"score\":1,\"score\":2,\"action\":\"reject\"}",
		"{\"action\":\"reject\"}" };
	struct arena *a = arena_new(65536);

	for (size_t i = 0; i < NELEM(said); i++)
		assert_int_equal(rspamd(said[i], a).result, SCAN_AWAY);
	assert_int_equal(rspamd("{\"score\":1e300,\"action\":\"x\"}",
	    a).tenths, SCAN_TENTHS_MAX);
	assert_int_equal(rspamd("{\"score\":-1e300,\"action\":\"x\"}",
	    a).tenths, -SCAN_TENTHS_MAX);
	arena_free(a);
}

/* None becomes two, whatever its value is. */
static void
test_fields(void **state unused_arg)
{
	struct scan_ask ask = { .peer = STR("192.0.2.1"),
		.helo = STR("a\r\nIP: 127.0.0.1"),
		.reverse_path = STR("a@example.org"),
		.rcpts = STR("b@example.net\n\nc\r@x.test\nd@example.net\n") };
	struct arena *a = arena_new(65536);
	const char *fields[SCAN_FIELDS];
	size_t n = scan_fields(&ask, a, fields);

	assert_int_equal(n, 4);
	assert_string_equal(fields[0], "IP: 192.0.2.1");
	assert_string_equal(fields[1], "From: a@example.org");
	assert_string_equal(fields[2], "Rcpt: b@example.net");
	assert_string_equal(fields[3], "Rcpt: d@example.net");
	arena_free(a);
}

static void
test_many_rcpts(void **state unused_arg)
{
	struct arena *a = arena_new(65536);
	auto_buf rcpts = BUF_INIT(SCAN_RCPTS);
	const char *fields[SCAN_FIELDS];
	struct scan_ask ask = { .peer = STR("192.0.2.1") };

	for (int i = 0; i < 200; i++)
		buf_printf(&rcpts, "person%d@example.org\n", i);
	ask.rcpts = buf_get(&rcpts);
	assert_int_equal(scan_fields(&ask, a, fields), SCAN_FIELDS);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clamav),
		cmocka_unit_test(test_clamav_away),
		cmocka_unit_test(test_rspamd),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_rspamd_hostile),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_many_rcpts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
