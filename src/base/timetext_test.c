#include "base/timetext.h"

#include "base/test.h"

static void
test_text(void **state unused_arg)
{
	auto_buf b = BUF_INIT(200);

	time_rfc5322(&b, 1795320061); /* date -u -d @1795320061 */
	assert_str(buf_get(&b), "Sun, 22 Nov 2026 04:01:01 +0000");
	buf_reset(&b);
	time_imap(&b, 951782400, -330);
	assert_str(buf_get(&b), "28-Feb-2000 18:30:00 -0530");
	buf_reset(&b);
	time_imap(&b, 951868800, 60);
	assert_str(buf_get(&b), " 1-Mar-2000 01:00:00 +0100");
	buf_reset(&b);
	time_rfc3339(&b, 0);
	assert_str(buf_get(&b), "1970-01-01T00:00:00Z");
}

static void
test_round(void **state unused_arg)
{
	for (int64_t at = 0; at < 4102444800; at += 86400 * 3 + 12345) {
		struct civil c = civil_of(at);

		assert_true(civil_valid(&c));
		assert_true(civil_time(&c) == at);
	}
	assert_false(civil_valid(
	    &(struct civil){ .year = 2025, .month = 2, .day = 29 }));
	assert_true(civil_valid(
	    &(struct civil){ .year = 2024, .month = 2, .day = 29 }));
	assert_int_equal(month_of(STR("dEc")), 12);
	assert_int_equal(month_of(STR("Foo")), 0);
}

static void
test_date(void **state unused_arg)
{
	static const char *const wrong[] = { "", "2026-02-3", "2026-02-30",
		"2026-13-01", "2026-00-01", "26-02-03", "2026/02/03",
		"2026-2-033", "+026-02-03", "2026- 2-03" };
	struct rd r = rd_of(STR("2024-02-29T"));
	struct civil c;

	time_take_date(&r, &c);
	assert_true(rd_need(&r, 'T') && rd_done(&r));
	assert_true(c.year == 2024 && c.month == 2 && c.day == 29);
	for (size_t i = 0; i < NELEM(wrong); i++) {
		r = rd_of(str_c(wrong[i]));
		time_take_date(&r, &c);
		assert_false(rd_ok(&r));
	}
}

static void
test_utc(void **state unused_arg)
{
	static const char *const wrong[] = { "", "2026-11-22", "2026-11-22T",
		"2026-11-22T04:01:01", "2026-11-22T04:01:01+00:00",
		"2026-11-22T04:01:01z", "2026-11-22T04:01:01Z ",
		"2026-11-22T4:01:01Z", "2026-11-22T24:01:01Z",
		"2026-11-22T04:60:01Z", "2026-11-31T04:01:01Z",
		"2026-11-22T04:01:01.Z", "2026-11-22T04:01:01,5Z",
		"1969-12-31T23:59:59Z", "2026-11-22 04:01:01Z" };
	int64_t at = 0;

	assert_true(time_read_utc(STR("2026-11-22T04:01:01Z"), &at));
	assert_int_equal(at, 1795320061);
	assert_true(time_read_utc(STR("2026-11-22T04:01:01.999Z"), &at));
	assert_int_equal(at, 1795320061);
	for (size_t i = 0; i < NELEM(wrong); i++)
		assert_false(time_read_utc(str_c(wrong[i]), &at));
}

/* As RRVS has them: RFC 7293 3.1. */
static void
test_rfc3339(void **state unused_arg)
{
	static const struct {
		const char *text;
		int64_t at;
	} t[] = {
		{ "2014-04-03T23:01:00Z", 1396566060 },
		{ "2014-04-03t23:01:00z", 1396566060 },
		{ "2014-04-04T01:01:00+02:00", 1396566060 },
		{ "2014-04-03T18:31:00-04:30", 1396566060 },
		{ "2014-04-03T23:01:00-00:00", 1396566060 },
		{ "1970-01-01T00:00:00Z", 0 },
		{ "9999-12-31T23:59:59Z", 253402300799 },
	};
	static const char *const wrong[] = { "", "2014-04-03", "2014-04-03T23",
		"2014-04-03T23:01:00", "2014-04-03T23:01:00+2:00",
		"2014-04-03T23:01:00+0200", "2014-04-03T23:01:00+24:00",
		"2014-04-03T23:01:00+01:60", "2014-04-03T23:01:00Z ",
		"2014-02-30T23:01:00Z", "2014-04-03T24:01:00Z",
		"1970-01-01T00:00:00+00:01", "1969-12-31T23:59:59Z",
		"9999-12-31T23:59:59-00:01" };
	int64_t at = 0;

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_true(time_read_rfc3339(str_c(t[i].text), &at));
		assert_int_equal(at, t[i].at);
	}
	for (size_t i = 0; i < NELEM(wrong); i++)
		assert_false(time_read_rfc3339(str_c(wrong[i]), &at));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_date),
		cmocka_unit_test(test_utc),
		cmocka_unit_test(test_rfc3339),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
