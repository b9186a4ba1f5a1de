#include "store/engine/waiting_time.h"

#include "base/test.h"

static void
test_no_gap(void **state unused_arg)
{
	struct waiting_time w;

	waiting_time_init(&w);
	assert_int_equal(waiting_time_since(&w, 1000, 100), 900);
	/* Back is no gap. */
	waiting_time_jumped(&w, 1000, 500);
	assert_int_equal(waiting_time_since(&w, 600, 100), 500);
	waiting_time_end(&w);
}

static void
test_gap_does_not_count(void **state unused_arg)
{
	struct waiting_time w;

	waiting_time_init(&w);
	waiting_time_jumped(&w, 1000, 5000);
	assert_int_equal(waiting_time_since(&w, 5000, 100), 900);
	assert_int_equal(waiting_time_since(&w, 5050, 100), 950);
	assert_int_equal(waiting_time_since(&w, 5100, 100), 5000);
	assert_int_equal(waiting_time_since(&w, 5200, 100), 5100);
	waiting_time_jumped(&w, 5200, 6000);
	assert_int_equal(waiting_time_since(&w, 6000, 100), 5100);
	assert_int_equal(waiting_time_since(&w, 6000, 300), 900);
	waiting_time_end(&w);
}

/* A clock that was wrong for a moment. */
static void
test_there_and_back(void **state unused_arg)
{
	struct waiting_time w;

	waiting_time_init(&w);
	waiting_time_jumped(&w, 1000, 9000);
	waiting_time_jumped(&w, 9010, 1010);
	assert_int_equal(waiting_time_since(&w, 1100, 100), 990);
	assert_int_equal(waiting_time_since(&w, 9500, 100), 9400);
	waiting_time_jumped(&w, 9500, 900);
	assert_int_equal(waiting_time_since(&w, 1100, 100), 1000);
	waiting_time_end(&w);
}

static void
test_many(void **state unused_arg)
{
	struct waiting_time w;

	waiting_time_init(&w);
	for (int64_t at = 0; at < 100000; at += 1000)
		waiting_time_jumped(&w, at + 100, at + 1000);
	assert_int_equal(w.gaps.n, WAITING_GAPS);
	for (size_t i = 1; i < w.gaps.n; i++)
		assert_true(w.gaps.gap[i].from >= w.gaps.gap[i - 1].to);
	assert_int_equal(waiting_time_since(&w, 100000, 300), 97000);
	waiting_time_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_gap),
		cmocka_unit_test(test_gap_does_not_count),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
