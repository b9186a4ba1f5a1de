#include "admin/filter.h"

#include "admin/trace.h"
#include "base/test.h"

static const struct {
	const char *text;
	int64_t want;	/* -1: refused */
} durations[] = {
	{ "30s", 30 }, { "5m", 300 }, { "2h", 7200 }, { "3d", 259200 },
	{ "0s", 0 }, { "5", -1 }, { "m", -1 }, { "", -1 }, { "-5m", -1 },
	{ "5 m", -1 }, { "5w", -1 }, { "99999999999d", -1 }, { "1h30m", -1 },
};

static void
test_durations(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(durations); i++) {
		int64_t got = -1;
		bool ok = duration_read(str_c(durations[i].text), &got);

		assert_int_equal(ok, durations[i].want >= 0);
		assert_int_equal(got, durations[i].want);
	}
}

static void
test_ages(void **state unused_arg)
{
	static const struct {
		int64_t seconds;
		const char *want;
	} cases[] = { { -5, "0 s" }, { 119, "119 s" }, { 120, "2 min" },
		{ 7199, "119 min" }, { 7200, "2 h" }, { 172799, "47 h" },
		{ 172800, "2 d" } };

	for (size_t i = 0; i < NELEM(cases); i++) {
		auto_buf b = BUF_INIT(64);

		duration_put(&b, cases[i].seconds);
		assert_str(buf_get(&b), cases[i].want);
	}
}

static void
test_filters(void **state unused_arg)
{
	static const struct options good = { .sender = "@a.test",
		.older = "1h", .held = true }, none;
	static const struct options wrong[] = { { .rcpt = "nobody" },
		{ .older = "soon" }, { .domain = "a@b" } };
	struct queue_filter f;
	struct err err;
	bool any;

	assert_int_equal(filter_read(&good, 10000, NULL, &f, &any, &err), 0);
	assert_true(any && f.held);
	assert_str(f.sender, "@a.test");
	assert_int_equal(f.before, 6400);
	assert_int_equal(filter_read(&none, 1, NULL, &f, &any, &err), 0);
	assert_false(any);
	for (size_t i = 0; i < NELEM(wrong); i++)
		assert_int_equal(filter_read(&wrong[i], 1, NULL, &f, &any,
		    &err), E_INVALID);
}

static void
test_rows_of_the_journal(void **state unused_arg)
{
	struct str text = STR("size=12 protocol=ESMTPS helo=a.b tls= id=x@y");
	struct journal_row row = { .event = JOURNAL_received, .text = text };

	assert_str(trace_value(text, "size"), "12");
	assert_str(trace_value(text, "helo"), "a.b");
	assert_str(trace_value(text, "tls"), "");
	assert_str(trace_value(text, "id"), "x@y");
	assert_str(trace_value(text, "i"), "");
	assert_str(trace_message_id(&row), "x@y");
	row.text = STR("size=1 id=<odd id>");
	assert_str(trace_message_id(&row), "odd id");
	row.event = JOURNAL_reported;
	row.text = STR("failed; the report is 77");
	assert_int_equal(trace_report(&row), 77);
	row.text = STR("failed; the report is x");
	assert_int_equal(trace_report(&row), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_ages),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_rows_of_the_journal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
