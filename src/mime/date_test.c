#include "mime/date.h"

#include "base/test.h"

static const struct {
	const char *value;
	int64_t at;
	int offset_min;
} good[] = {
	{ "Tue, 1 Jul 2003 10:52:37 +0200", 1057049557, 120 },
	{ "1 Jul 2003 10:52:37 +0200", 1057049557, 120 },
	{ " Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32"
	  "\r\n               -0330 (Newfoundland Time)", -27723480, -210 },
	{ "21 Nov 97 09:55:06 GMT", 880106106, 0 },
	{ "Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", 880127706, -360 },
	{ "Fri, 21 Nov 97 09:55 EST", 880124100, -300 },
	{ "21 Nov 49 00:00 Z", 2521065600, 0 },
	{ "21 Nov 50 00:00 Z", -603158400, 0 },
	{ "21 Nov 102 00:00", 1037836800, 0 },
	{ "Sun 22-Nov-2026 04:01:01 utc", 1795320061, 0 },
	{ "31 Dec 2016 23:59:60 +0000", 1483228800, 0 },
	{ "29 Feb 2024 00:00:00 +1400 extra", 1709114400, 840 },
};

static const char *const bad[] = {
	"", "x", "Fri", "Fri, 21 Nov 1997", "32 Jan 2000 00:00 +0000",
	"29 Feb 2023 00:00:00 +0000", "1 Foo 2000 00:00", "1 Jan 2000 24:00",
	"1 Jan 2000 00:60", "1 Jan 20000 00:00", "1 Jan 2000 00.00",
	"1 Jan 2000 00:00 +2400", "1 Jan 2000 00:00 +12345", "(1 Jan 2000",
};

static void
test_date(void **state)
{
	struct mail_date d = { 7, 7 };

	(void)state;
	for (size_t i = 0; i < NELEM(bad); i++) {
		if (date_parse(str_c(bad[i]), &d))
			fail_msg("accepted \"%s\"", bad[i]);
		assert_int_equal(d.at, 7);
	}
	for (size_t i = 0; i < NELEM(good); i++) {
		if (!date_parse(str_c(good[i].value), &d))
			fail_msg("refused \"%s\"", good[i].value);
		if (d.at != good[i].at)
			fail_msg("\"%s\" is %lld", good[i].value,
			    (long long)d.at);
		assert_int_equal(d.offset_min, good[i].offset_min);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_date) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
