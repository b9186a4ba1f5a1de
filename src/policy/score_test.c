#include "policy/score.h"

#include "base/test.h"

static void
test_act(void **state unused_arg)
{
	const struct score_bars bars = { 6, 10, 15 }, never = { 0 };

	assert_int_equal(score_act(&bars, 59), SCORE_TAKE);
	assert_int_equal(score_act(&bars, 60), SCORE_JUNK);
	assert_int_equal(score_act(&bars, 99), SCORE_JUNK);
	assert_int_equal(score_act(&bars, 100), SCORE_HOLD);
	assert_int_equal(score_act(&bars, 149), SCORE_HOLD);
	assert_int_equal(score_act(&bars, 150), SCORE_REFUSE);
	assert_int_equal(score_act(&bars, -1000), SCORE_TAKE);
	assert_int_equal(score_act(&never, 100000), SCORE_TAKE);
}

static void
test_words(void **state unused_arg)
{
	struct findings f = { 0 };
	auto_buf b = BUF_INIT(1000);

	findings_put(&b, &f);
	assert_str(buf_get(&b), "");
	findings_add(&f, "known", -15, STR_NULL);
	findings_add(&f, "unproven", 10, STR("a (b, c\nd\xc3."));
	assert_int_equal(findings_tenths(&f), -5);
	findings_put(&b, &f);
	assert_str(buf_get(&b),
	    " score=-0.5 (known -1.5, unproven 1.0: a ?b? c?d?.)");
}

static void
test_bounds(void **state unused_arg)
{
	static char longest[1000];
	struct findings f = { 0 };

	memset(longest, 'x', sizeof(longest));
	for (int i = 0; i < 100; i++)
		findings_add(&f, "w", 1, 
		    (struct str){ longest, sizeof(longest) });
	assert_int_equal(f.n, FINDINGS_MAX);
	assert_int_equal(findings_tenths(&f), FINDINGS_MAX);
	assert_int_equal(f.row[0].why.n, FINDING_WHY_MAX);
}

#define T(t) cmocka_unit_test(t)

int
main(void)
{
	const struct CMUnitTest tests[] = { T(test_act), T(test_words),
		T(test_bounds) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
