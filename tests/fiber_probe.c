/*
 * fiber_probe.c - a process for gdb to look at: three suspended fibers, then
 * it stops itself.
 */
#include <signal.h>
#include <unistd.h>

#include "rt/loop.h"

struct probe {
	struct loop *loop;
	struct timer timer;
	int last;		/* written after each wait: no tail calls */
};

static __attribute__((noinline)) void
probe_inner(struct probe *p)
{
	p->last = fiber_sleep(p->loop, loop_now_ms(p->loop) + 60000);
}

static void
probe_sleeper(void *arg)
{
	struct probe *p = arg;

	probe_inner(p);
	p->last = 0;
}

static void
probe_waiter(void *arg)
{
	struct probe *p = arg;

	p->last = fiber_wait(p->loop, NEVER);
}

static void
probe_stop(struct timer *t unused_arg)
{
	(void)raise(SIGTRAP);
	_exit(0);
}

int
main(void)
{
	struct clock clock = clock_real();
	struct probe p = { 0 };

	p.loop = loop_new(&clock, NULL);
	(void)fiber_spawn(p.loop, "waiter", probe_waiter, &p);
	(void)fiber_spawn(p.loop, "sleeper one", probe_sleeper, &p);
	(void)fiber_spawn(p.loop, "sleeper two", probe_sleeper, &p);
	timer_set(p.loop, &p.timer, loop_now_ms(p.loop) + 100, probe_stop);
	loop_run(p.loop);
	return 1;
}
