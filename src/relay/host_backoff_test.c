#include "relay/host_backoff.h"

#include "base/test.h"

enum { MINUTE = 60000 };

static const struct host_address one = { false, { 192, 0, 2, 1 } };
static const struct host_address two = { false, { 192, 0, 2, 2 } };
static const struct host_address six = { true, { 192, 0, 2, 1 } };

static bool
is_waiting(struct host_backoff *b, const struct host_address *a, int64_t at)
{
	return host_backoff_why(b, a, 25, 0, at).n > 0;
}

static void
test_backoff(void **state unused_arg)
{
	static const int minutes[] = { 1, 2, 4, 8, 16, 30, 30 };
	struct host_backoff *b = host_backoff_new();
	int64_t now = 1000;

	assert_false(is_waiting(b, &one, now));
	for (size_t i = 0; i < NELEM(minutes); i++) {
		host_backoff_failed(b, &one, 25, 0, now, STR("refused"));
		/* Another one that dialled at the same time. */
		host_backoff_failed(b, &one, 25, 0, now + 1, STR("also"));
		assert_str(host_backoff_why(b, &one, 25, 0, now), "refused");
		now += minutes[i] * MINUTE;
		assert_true(is_waiting(b, &one, now - 1));
		assert_false(is_waiting(b, &one, now));
	}
	host_backoff_answered(b, &one, 25, 0);
	host_backoff_failed(b, &one, 25, 0, now, STR(""));
	assert_true(is_waiting(b, &one, now + MINUTE - 1));
	assert_false(is_waiting(b, &one, now + MINUTE));
	host_backoff_free(b);
}

static void
test_limits(void **state unused_arg)
{
	struct host_backoff *b = host_backoff_new();

	host_backoff_limits(b, 2, 3);
	host_backoff_failed(b, &one, 25, 0, 0, STR("refused"));
	assert_true(is_waiting(b, &one, 1999));
	assert_false(is_waiting(b, &one, 2000));
	host_backoff_failed(b, &one, 25, 0, 2000, STR("refused"));
	assert_true(is_waiting(b, &one, 4999));
	assert_false(is_waiting(b, &one, 5000));
	host_backoff_free(b);
}

static void
test_apart(void **state unused_arg)
{
	struct host_backoff *b = host_backoff_new();

	host_backoff_failed(b, &one, 25, 0, 0, STR("refused"));
	assert_false(is_waiting(b, &two, 1));
	assert_false(is_waiting(b, &six, 1));
	assert_int_equal(host_backoff_why(b, &one, 26, 0, 1).n, 0);
	/* by another way it may be reached */
	assert_int_equal(host_backoff_why(b, &one, 25, 7, 1).n, 0);
	host_backoff_answered(b, &one, 25, 7);
	host_backoff_answered(b, &two, 25, 0);
	assert_true(is_waiting(b, &one, 1));
	host_backoff_free(b);
}

static void
test_bounded(void **state unused_arg)
{
	struct host_backoff *b = host_backoff_new();
	size_t known = 0;

	for (uint32_t i = 0; i < 100000; i++) {
		struct host_address a = { false, { 10, (uint8_t)(i >> 16),
			(uint8_t)(i >> 8), (uint8_t)i } };

		host_backoff_failed(b, &a, 25, 0, i, STR("refused"));
		assert_true(is_waiting(b, &a, i));
	}
	for (uint32_t i = 0; i < 100000; i++) {
		struct host_address a = { false, { 10, (uint8_t)(i >> 16),
			(uint8_t)(i >> 8), (uint8_t)i } };

		known += is_waiting(b, &a, 99999);
	}
	assert_in_range(known, 500, 2000);
	host_backoff_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_backoff),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
