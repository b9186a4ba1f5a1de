#include "relay/dead.h"

#include "base/test.h"

enum { MINUTE = 60000 };

static const struct host_address one = { false, { 192, 0, 2, 1 } };
static const struct host_address two = { false, { 192, 0, 2, 2 } };
static const struct host_address six = { true, { 192, 0, 2, 1 } };

static bool
is_dead(struct dead *d, const struct host_address *a, int64_t at)
{
	return dead_why(d, a, 25, at).n > 0;
}

static void
test_backoff(void **state unused_arg)
{
	static const int minutes[] = { 1, 2, 4, 8, 16, 30, 30 };
	struct dead *d = dead_new();
	int64_t now = 1000;

	assert_false(is_dead(d, &one, now));
	for (size_t i = 0; i < NELEM(minutes); i++) {
		dead_failed(d, &one, 25, now, STR("refused"));
		/* Another one that dialled at the same time. */
		dead_failed(d, &one, 25, now + 1, STR("also"));
		assert_str(dead_why(d, &one, 25, now), "refused");
		now += minutes[i] * MINUTE;
		assert_true(is_dead(d, &one, now - 1));
		assert_false(is_dead(d, &one, now));
	}
	dead_answered(d, &one, 25);
	dead_failed(d, &one, 25, now, STR(""));
	assert_true(is_dead(d, &one, now + MINUTE - 1));
	assert_false(is_dead(d, &one, now + MINUTE));
	dead_free(d);
}

static void
test_limits(void **state unused_arg)
{
	struct dead *d = dead_new();

	dead_limits(d, 2, 3);
	dead_failed(d, &one, 25, 0, STR("refused"));
	assert_true(is_dead(d, &one, 1999));
	assert_false(is_dead(d, &one, 2000));
	dead_failed(d, &one, 25, 2000, STR("refused"));
	assert_true(is_dead(d, &one, 4999));
	assert_false(is_dead(d, &one, 5000));
	dead_free(d);
}

static void
test_apart(void **state unused_arg)
{
	struct dead *d = dead_new();

	dead_failed(d, &one, 25, 0, STR("refused"));
	assert_false(is_dead(d, &two, 1));
	assert_false(is_dead(d, &six, 1));
	assert_int_equal(dead_why(d, &one, 26, 1).n, 0);
	dead_answered(d, &two, 25);
	assert_true(is_dead(d, &one, 1));
	dead_free(d);
}

static void
test_bounded(void **state unused_arg)
{
	struct dead *d = dead_new();
	size_t known = 0;

	for (uint32_t i = 0; i < 100000; i++) {
		struct host_address a = { false, { 10, (uint8_t)(i >> 16),
			(uint8_t)(i >> 8), (uint8_t)i } };

		dead_failed(d, &a, 25, i, STR("refused"));
		assert_true(is_dead(d, &a, i));
	}
	for (uint32_t i = 0; i < 100000; i++) {
		struct host_address a = { false, { 10, (uint8_t)(i >> 16),
			(uint8_t)(i >> 8), (uint8_t)i } };

		known += is_dead(d, &a, 99999);
	}
	assert_in_range(known, 500, 2000);
	dead_free(d);
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
