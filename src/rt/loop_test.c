#include "rt/loop.h"

#include <pthread.h>

#include "base/test.h"
#include "rt/fiber.h"
#include "rt/loop_int.h"

struct world {
	struct fake_clock clock;
	struct loop *l;
	struct fiber *a;
	int steps, rc;
	int64_t at;
	bool go;
};

static struct world
world(void)
{
	return (struct world){ .clock = clock_fake(1795320061000000) };
}

static void
sleeper(void *arg)
{
	struct world *w = arg;

	w->rc = fiber_sleep(w->l, loop_now_ms(w->l) + 3600000);
	w->at = loop_wall(w->l);
	w->steps++;
}

static void
test_sleep(void **state unused_arg)
{
	struct world w = world();

	w.l = loop_new(&w.clock.clock, NULL);
	(void)fiber_spawn(w.l, "sleeper", sleeper, &w);
	loop_run(w.l);
	assert_int_equal(w.rc, 0);
	assert_int_equal(w.steps, 1);
	assert_int_equal(w.at, 1795320061 + 3600);
	assert_int_equal(loop_fibers(w.l), 0);
	loop_free(w.l);
}

static void
waiter(void *arg)
{
	struct world *w = arg;

	while (!w->go)
		if ((w->rc = fiber_wait(w->l, NEVER)) < 0)
			return;
	w->steps++;
}

static void
waker(void *arg)
{
	struct world *w = arg;

	fiber_wake(w->l, w->a); /* for nothing */
	fiber_yield(w->l);
	assert_int_equal(w->steps, 0);
	w->go = true;
	fiber_wake(w->l, w->a);
}

static void
test_wake(void **state unused_arg)
{
	struct world w = world();

	w.l = loop_new(&w.clock.clock, NULL);
	w.a = fiber_spawn(w.l, "waiter", waiter, &w);
	(void)fiber_spawn(w.l, "waker", waker, &w);
	loop_run(w.l);
	assert_int_equal(w.steps, 1);
	loop_free(w.l);
}

static void
canceler(void *arg)
{
	struct world *w = arg;

	fiber_cancel(w->l, w->a);
}

static void
test_cancel(void **state unused_arg)
{
	struct world w = world();

	w.l = loop_new(&w.clock.clock, NULL);
	w.a = fiber_spawn(w.l, "waiter", waiter, &w);
	(void)fiber_spawn(w.l, "canceler", canceler, &w);
	loop_run(w.l);
	assert_int_equal(w.rc, E_CANCELED);
	loop_free(w.l);
}

struct many {
	struct timer t;
	int64_t *last;
	int *left;
};

static void
fired(struct timer *t)
{
	struct many *m = container_of(t, struct many, t);

	assert_true(t->at_ms >= *m->last);
	*m->last = t->at_ms;
	--*m->left;
}

static void
test_timers(void **state unused_arg)
{
	struct world w = world();
	struct many *m = calloc(1000, sizeof(*m));
	int64_t last = 0;
	int left = 1000;
	uint64_t seed = 1;

	w.l = loop_new(&w.clock.clock, NULL);
	assert_non_null(m);
	for (int i = 0; i < 1000; i++) {
		seed = seed * 6364136223846793005u + 1;
		m[i].last = &last;
		m[i].left = &left;
		timer_set(w.l, &m[i].t, 2000 + (int64_t)(seed >> 50), fired);
	}
	for (int i = 0; i < 1000; i += 3) {
		timer_clear(w.l, &m[i].t);
		timer_clear(w.l, &m[i].t);
		left--;
	}
	for (int i = 1; i < 1000; i += 7)
		if (m[i].t.slot)
			timer_set(w.l, &m[i].t, 5000, fired);
	loop_run(w.l);
	assert_int_equal(left, 0);
	free(m);
	loop_free(w.l);
}

static void
posted(void *arg)
{
	++*(int *)arg;
}

static void *
poster(void *arg)
{
	struct world *w = arg;

	for (int i = 0; i < 1000; i++)
		loop_post(w->l, posted, &w->steps);
	loop_stop(w->l);
	return NULL;
}

static void
on_stop(struct stop_hook *h unused_arg)
{
}

static void
test_post(void **state unused_arg)
{
	struct clock real = clock_real();
	struct world w = { 0 };
	struct timer keep = { 0 };
	struct stop_hook hook = { 0 };
	pthread_t t;

	w.l = loop_new(&real, NULL);
	loop_on_stop(w.l, &hook, on_stop);
	timer_set(w.l, &keep, loop_now_ms(w.l) + 60000, fired);
	assert_int_equal(pthread_create(&t, NULL, poster, &w), 0);
	loop_run(w.l);
	assert_int_equal(pthread_join(t, NULL), 0);
	loop_free(w.l);
	assert_int_equal(w.steps, 1000);
}

static void
block(void *arg)
{
	struct timespec ms = { 0, 2000000 };

	(void)nanosleep(&ms, NULL);
	(void)__atomic_fetch_add((int *)arg, 1, __ATOMIC_RELAXED);
}

struct loop_jobs {
	struct loop *l;
	struct work_pool *pool;
	int done, busy, fibers;
};

static void
job(void *arg)
{
	struct loop_jobs *j = arg;

	if (rt_work(j->pool, block, &j->done) == E_BUSY)
		j->busy++;
	if (--j->fibers == 0)
		loop_stop(j->l);
}

static void
test_work(void **state unused_arg)
{
	struct clock real = clock_real();
	struct loop_jobs j = { .fibers = 30 };

	j.l = loop_new(&real, NULL);
	j.pool = work_pool_new(j.l, 2, 20);
	for (int i = 0; i < 30; i++)
		(void)fiber_spawn(j.l, "job", job, &j);
	loop_run(j.l);
	work_pool_free(j.pool);
	loop_free(j.l);
	assert_int_equal(j.done + j.busy, 30);
	assert_true(j.done >= 20);
	assert_true(j.busy >= 1);
}

/* 20 frames of some 500 to 1,000 octets each. */
__attribute__((noinline)) static int
deeper(int n)
{
	volatile char room[500];

	memset((char *)(uintptr_t)room, 1, sizeof(room));
	return n == 0 ? 0 : deeper(n - 1) + room[5];
}

static void
deep(void *arg)
{
	*(int *)arg += deeper(20) == 20;
}

static void
test_stack(void **state unused_arg)
{
	struct world w = world();

	w.l = loop_new(&w.clock.clock, NULL);
	for (int i = 0; i < 1000; i++)
		(void)fiber_spawn(w.l, "deep", deep, &w.steps);
	loop_run(w.l);
	assert_int_equal(w.steps, 1000);
	if (!HAVE_ASAN) {
		assert_true(loop_stack_peak(w.l) > 10000);
		assert_true(loop_stack_peak(w.l) < 28000);
	}
	loop_free(w.l);
}

/* Between two deep ones nothing of them is left, and what is ours is. */
static void
deep_and_rest(void *arg)
{
	struct world *w = arg;
	char mine[100];

	memset(mine, 'm', sizeof(mine));
	w->steps += deeper(20) == 20;
	fiber_rest(w->l);
	fiber_yield(w->l);
	fiber_rest(w->l);
	for (size_t i = 0; i < sizeof(mine); i++)
		assert_int_equal(mine[i], 'm');
	w->steps++;
}

static void
test_rest(void **state unused_arg)
{
	struct world w = world();

	w.l = loop_new(&w.clock.clock, NULL);
	fiber_rest(w.l);	/* nobody's */
	for (int i = 0; i < 10; i++)
		(void)fiber_spawn(w.l, "deep", deep_and_rest, &w);
	loop_run(w.l);
	assert_int_equal(w.steps, 20);
	if (!HAVE_ASAN)
		assert_true(loop_stack_peak(w.l) < 9000);
	loop_free(w.l);
}

static int64_t
no_time(void *arg unused_arg)
{
	return 0;
}

/* Holds the loop for longer than anybody may. */
static void
hog(void *arg)
{
	struct clock *real = arg;
	int64_t until = real->mono_us(real) + 60000;

	while (real->mono_us(real) < until)
		continue;
}

static void
test_watchdog(void **state unused_arg)
{
	struct clock real = clock_real();
	char line[300] = "";
	struct log *log;
	struct loop *l;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	log = log_new(fds[1], "test", LOG_INFO, no_time, NULL);
	l = loop_new(&real, log);
	(void)fiber_spawn(l, "hog", hog, &real);
	(void)fiber_spawn(l, "second", hog, &real);
	loop_run(l);
	/* In its first minute a process says nothing of it, but counts. */
	assert_int_equal(l->stalls, 2);
	l->stall_quiet_us = 0;
	loop_watchdog(l, "first", real.mono_us(&real) - 60000);
	assert_true(read(fds[0], line, sizeof(line) - 1) > 0);
	assert_non_null(strstr(line, "test warn stall where=first ms="));
	assert_non_null(strstr(line, " more=2 worst_ms="));
	/* One a minute: the others are counted. */
	loop_watchdog(l, "second", real.mono_us(&real) - 60000);
	loop_watchdog(l, "third", real.mono_us(&real) - 200000);
	assert_int_equal(l->stalls, 2);
	assert_true(l->stall_worst_us >= 200000);
	l->stall_quiet_us = 0;
	loop_watchdog(l, "fourth", real.mono_us(&real) - 60000);
	memset(line, 0, sizeof(line));
	assert_true(read(fds[0], line, sizeof(line) - 1) > 0);
	assert_non_null(strstr(line, " where=fourth ms="));
	assert_non_null(strstr(line, " more=2 worst_ms=2"));
	loop_free(l);
	log_free(log);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sleep),
		cmocka_unit_test(test_wake),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_timers),
		cmocka_unit_test(test_post),
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_stack),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_watchdog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
