/*
 * The parts of the queue that are only in memory: whose turn it is, what is
 * in whose hands, and what is to be reported.
 */
#include "base/test.h"

#include "store/dispatch/lease.h"
#include "store/dispatch/reports_due.h"
#include "store/dispatch/destination_schedule.h"

static const int64_t SECOND = 1000000;

static struct schedule *
a_plan(uint32_t connections, uint32_t rate)
{
	struct queue_settings o = { .retry_min_s = 10, .retry_max_s = 100,
		.host_connections = connections, .host_rate = rate };
	struct schedule *p = schedule_new(1);

	schedule_settings(p, &o);
	return p;
}

static void
due(struct schedule *p, const char *domain, int64_t at)
{
	schedule_news(p, &(struct queue_news){ QUEUE_NEWS_fresh, 1, at,
	    str_c(domain) });
}

/* Whose turn it is; he has `n` now and `more` at once, or nothing. */
static struct destination *
serve(struct schedule *p, int64_t now, const char *want, size_t n, bool more)
{
	struct destination *d = schedule_take(p, now);

	assert_non_null(d);
	assert_str(str_make(d->name, d->name_n), want);
	d->busy->next[0] = INT64_MAX;
	d->busy->next[1] = more ? now : INT64_MAX;
	schedule_served(p, d, n, now);
	return d;
}

static void
test_turns(void **state unused_arg)
{
	struct schedule *p = a_plan(2, 0);
	struct destination *a;

	assert_int_equal(schedule_next(p), INT64_MAX);
	due(p, "a.test", 10);
	due(p, "b.test", 11);
	due(p, "c.test", 12);
	assert_null(schedule_take(p, 10 * SECOND - 1));
	assert_int_equal(schedule_next(p), 10 * SECOND);
	a = serve(p, 20 * SECOND, "a.test", 1, true);
	serve(p, 20 * SECOND, "b.test", 1, false);
	/* It has more, but others are due. */
	serve(p, 20 * SECOND, "c.test", 1, false);
	serve(p, 20 * SECOND, "a.test", 1, true);
	/* Two are all it may have. */
	assert_null(schedule_take(p, 20 * SECOND));
	schedule_ended(p, a, false, 20 * SECOND);
	serve(p, 20 * SECOND, "a.test", 1, false);
	schedule_ended(p, a, false, 20 * SECOND);
	assert_int_equal(schedule_destinations(p), 3);
	schedule_ended(p, a, false, 20 * SECOND); /* nothing left: forgotten */
	assert_int_equal(schedule_destinations(p), 2);
	schedule_free(p);
}

static void
test_lost_is_due(void **state unused_arg)
{
	struct schedule *p = a_plan(1, 0);
	struct destination *d;

	due(p, "a.test", 1);
	d = serve(p, 5 * SECOND, "a.test", 3, false);
	assert_null(schedule_take(p, 9 * SECOND));
	schedule_ended(p, d, true, 9 * SECOND);
	serve(p, 9 * SECOND, "a.test", 3, false);
	schedule_free(p);
}

static void
test_walks_again(void **state unused_arg)
{
	struct schedule *p = a_plan(2, 0);
	struct destination *d;

	due(p, "a.test", 1);
	d = schedule_take(p, 5 * SECOND);
	d->busy->at[1] = (struct queue_place){ 5, 100, 2 };
	schedule_served(p, d, 1, 5 * SECOND);
	schedule_news(p, &(struct queue_news){ QUEUE_NEWS_fresh, 101, 5,
	    STR("a.test") });
	assert_int_equal(d->busy->at[1].message, 100);
	schedule_news(p, &(struct queue_news){ QUEUE_NEWS_fresh, 99, 5,
	    STR("a.test") });
	assert_int_equal(d->busy->at[1].message, 0);
	schedule_free(p);
}

static void
test_down(void **state unused_arg)
{
	struct schedule *p = a_plan(4, 0);
	struct destination *d;
	int64_t first, second;

	due(p, "a.test", 1);
	d = serve(p, 2 * SECOND, "a.test", 1, true);
	schedule_down(p, d, 2 * SECOND);
	first = schedule_next(p) == INT64_MAX ? d->blocked : schedule_next(p);
	schedule_down(p, d, 2 * SECOND); /* the same bad news */
	assert_int_equal(d->failures, 1);
	assert_true(first >= 12 * SECOND && first <= 14 * SECOND + 500000);
	schedule_ended(p, d, false, 2 * SECOND);
	assert_null(schedule_take(p, 11 * SECOND));
	/* One batch tries whether it is there again. */
	d = serve(p, first, "a.test", 1, true);
	assert_null(schedule_take(p, first));
	schedule_down(p, d, first);
	second = d->blocked - first;
	assert_true(second >= 20 * SECOND && second <= 25 * SECOND);
	schedule_news(p, &(struct queue_news){ QUEUE_NEWS_unblock, 0, 0,
	    STR("a.test") });
	serve(p, first, "a.test", 1, true);
	schedule_up(p, d);
	assert_non_null(schedule_take(p, first));
	schedule_free(p);
}

static void
test_rate(void **state unused_arg)
{
	struct schedule *p = a_plan(9, 30);
	struct destination *d;

	due(p, "a.test", 1);
	d = schedule_take(p, 100 * SECOND);
	assert_int_equal(schedule_room(p, d, 20), 20);
	d = serve(p, 100 * SECOND, "a.test", 20, true);
	d = schedule_take(p, 101 * SECOND);
	assert_int_equal(schedule_room(p, d, 20), 10);
	serve(p, 101 * SECOND, "a.test", 10, true);
	assert_null(schedule_take(p, 159 * SECOND));
	assert_int_equal(schedule_next(p), 160 * SECOND);
	d = schedule_take(p, 160 * SECOND);
	assert_int_equal(schedule_room(p, d, 20), 20);
	serve(p, 160 * SECOND, "a.test", 30, true);
	assert_int_equal(schedule_next(p), 220 * SECOND);
	/* The limit is lifted meanwhile. */
	schedule_settings(p, &(struct queue_settings){ .host_connections = 9 });
	serve(p, 161 * SECOND, "a.test", 20, true);
	schedule_free(p);
}

static void
test_many_destinations(void **state unused_arg)
{
	enum { N = 20000 };
	struct schedule *p = a_plan(1, 0);
	struct destination *d;
	int64_t last = 0, at;
	char name[64];
	int i;

	for (i = 0; i < N; i++) {
		(void)snprintf(name, sizeof(name), "h%d.test", i);
		due(p, name, (int64_t)i * 7919 % N + 1);
	}
	assert_int_equal(schedule_destinations(p), N);
	for (i = 0; i < N; i++) {
		at = schedule_next(p);
		assert_true(at >= last);
		last = at;
		d = schedule_take(p, at);
		d->busy->next[0] = d->busy->next[1] = INT64_MAX;
		schedule_served(p, d, 0, at);
	}
	assert_int_equal(schedule_destinations(p), 0);
	schedule_free(p);
}

static void
test_leases(void **state unused_arg)
{
	static const uint32_t n[] = { 3, 5 }, none[] = { 0, 0 };
	static const uint32_t delayed[] = { OUTCOME_delayed, 0 };
	struct leases *ls = leases_new();
	struct list mine = { 0 };
	struct lease *l, *other;
	int me, you;

	l = lease_make(ls, 77, &me, &mine, 9, n, none, 2);
	assert_ptr_equal(lease_find(ls, l->id, &me), l);
	assert_null(lease_find(ls, l->id, &you));
	assert_null(lease_find(ls, l->id + 1, &me));
	assert_true(leases_under_way(ls, 9, 3));
	assert_false(leases_under_way(ls, 9, 4));
	assert_int_equal(leases_of(ls, 9), 2);
	assert_false(lease_report(l, 4));
	assert_true(lease_report(l, 3));
	assert_false(lease_report(l, 3)); /* the writer has it already */
	/* Its connection ends, but the writer has something of it. */
	lease_give_up(l);
	assert_true(list_empty(&mine));
	assert_false(lease_is_over(l));
	lease_settle(ls, l, 3, true);
	assert_false(leases_under_way(ls, 9, 3));
	assert_true(leases_under_way(ls, 9, 5));
	assert_true(lease_is_over(l));
	assert_true(lease_end(ls, l));
	assert_int_equal(leases_of(ls, 9), 0);
	/* Who is told of a delay is tried meanwhile. */
	other = lease_make(ls, 78, &me, &mine, 9, n, delayed, 2);
	assert_false(leases_under_way(ls, 9, 3));
	assert_true(leases_under_way(ls, 9, 5));
	assert_true(lease_report(other, 3) && lease_report(other, 5));
	lease_settle(ls, other, 3, false); /* the disk was full */
	assert_true(lease_report(other, 3));
	lease_settle(ls, other, 3, true);
	lease_settle(ls, other, 5, true);
	assert_true(lease_is_over(other));
	assert_false(lease_end(ls, other));
	assert_true(list_empty(&mine));
	leases_free(ls);
}

static void
test_pending(void **state unused_arg)
{
	struct reports_due *p = reports_due_new();
	uint64_t after;

	assert_true(reports_due_wants_more(p, &after));
	reports_due_loaded(p, 0, true);
	assert_false(reports_due_wants_more(p, &after));
	reports_due_add(p, 1, true, 0);
	reports_due_add(p, 2, false, 0);
	assert_int_equal(reports_due_take(p, 1), 2);
	assert_int_equal(reports_due_take(p, 1), 0); /* 1 waits for the rest */
	reports_due_quiet(p, 1);
	assert_int_equal(reports_due_take(p, 1), 1);
	reports_due_add(p, 1, false, 2); /* more, while it is told */
	reports_due_done(p, 1, false, 3);
	assert_int_equal(reports_due_take(p, 4), 1);
	reports_due_done(p, 1, false, 5);
	reports_due_failed(p, 2, 5);
	reports_due_quiet(p, 2); /* that is not what it waits for */
	assert_int_equal(reports_due_take(p, 6), 0);
	assert_int_equal(reports_due_next(p), 5 + 30 * SECOND);
	assert_int_equal(reports_due_take(p, 5 + 30 * SECOND), 2);
	reports_due_done(p, 2, false, 40 * SECOND);
	reports_due_add(p, 3, true, 40 * SECOND); /* 30 s are enough */
	assert_int_equal(reports_due_take(p, 70 * SECOND), 3);
	assert_int_equal(reports_due_next(p), INT64_MAX);
	reports_due_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_lost_is_due),
		cmocka_unit_test(test_walks_again),
		cmocka_unit_test(test_down),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_many_destinations),
		cmocka_unit_test(test_leases),
		cmocka_unit_test(test_pending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
