#include "store/policy/rates.h"

#include "base/test.h"

static const uint8_t key[RATES_KEY_LEN] = "of this test";

/* So many at once, and then one after the other. */
static void
test_it_leaks(void **state unused_arg)
{
	struct rates *r = rates_new(key);
	struct str who = STR("abc");
	int64_t now = 1000;

	for (int i = 0; i < 60; i++) {
		assert_int_equal(rates_wait_ms(r, RATE_messages, who, 60, now),
		    0);
		assert_false(rates_add(r, RATE_messages, who, 1, 60, now));
	}
	assert_int_equal(rates_wait_ms(r, RATE_messages, who, 60, now), 60000);
	assert_int_equal(rates_left_ms(r, RATE_messages, who, now),
	    RATES_HOUR_MS);
	assert_int_equal(rates_left_ms(r, RATE_recipients, who, now), 0);
	assert_int_equal(rates_wait_ms(r, RATE_messages, STR("abd"), 60, now),
	    0);
	assert_int_equal(rates_wait_ms(r, RATE_recipients, who, 60, now), 0);
	now += 59999;
	assert_int_equal(rates_wait_ms(r, RATE_messages, who, 60, now), 1);
	now += 1;
	assert_int_equal(rates_wait_ms(r, RATE_messages, who, 60, now), 0);
	assert_false(rates_add(r, RATE_messages, who, 1, 60, now));
	assert_true(rates_add(r, RATE_messages, who, 1, 60, now));
	/* Another limit counts the same ones otherwise. */
	assert_int_equal(rates_wait_ms(r, RATE_messages, who, 0, now), 0);
	rates_free(r);
}

/* However much somebody did, it is not held against them for ever. */
static void
test_bounded(void **state unused_arg)
{
	struct rates *r = rates_new(key);
	struct str who = STR("abc");

	assert_true(rates_add(r, RATE_errors, who, UINT32_MAX, 1, 0));
	assert_in_range(rates_wait_ms(r, RATE_errors, who, 1, 0), 1,
	    2 * RATES_HOUR_MS);
	assert_int_equal(rates_wait_ms(r, RATE_errors, who, 1,
	    2 * RATES_HOUR_MS), 0);
	assert_false(rates_add(r, RATE_errors, STR_NULL, 9, 0, 0));
	assert_true(rates_first(r, who, 1000, 5));
	assert_false(rates_first(r, who, 1000, 1004));
	assert_true(rates_first(r, who, 1000, 1005));
	rates_free(r);
}

/* Millions that did it once do not make room by forgetting who did it often. */
static void
test_who_did_least_goes(void **state unused_arg)
{
	struct rates *r = rates_new(key);
	struct str who = STR("abc");

	(void)rates_add(r, RATE_unknown, who, 50, 50, 0);
	for (uint32_t i = 0; i < 1000000; i++)
		(void)rates_add(r, RATE_unknown, str_make((const char *)&i,
		    sizeof(i)), 1, 50, 0);
	assert_true(rates_wait_ms(r, RATE_unknown, who, 50, 0) > 0);
	rates_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_leaks),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_who_did_least_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
