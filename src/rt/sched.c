/*
 * sched.c - the fibers of a loop: who is ready, who waits.
 */
#include "rt/loop_int.h"
#if HAVE_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

static void
make_ready(struct loop *l, struct fiber *f)
{
	f->state = FIBER_READY;
	list_append(&l->ready, &f->ready);
}

static void
fiber_main(struct fiber *f)
{
#if HAVE_ASAN
	__sanitizer_finish_switch_fiber(NULL, &f->loop->home.bottom,
	    &f->loop->home.size);
#endif
	f->fn(f->arg);
	f->state = FIBER_DEAD;
	fiber_leave(&f->loop->home, f, true);
	bug("a dead fiber ran on");
}

struct fiber *
fiber_spawn(struct loop *l, const char *name, void (*fn)(void *arg),
    void *arg)
{
	struct fiber *f = calloc(1, sizeof(*f));

	bug_if(!f);
	f->loop = l;
	f->name = name;
	f->fn = fn;
	f->arg = arg;
	list_prepend(&l->fibers, &f->link);
	l->nfibers++;
	make_ready(l, f);
	return f;
}

static void
fiber_end(struct loop *l, struct fiber *f)
{
	list_unlink(&f->link);
	l->nfibers--;
	stack_put(&l->stacks, f->stack);
#if !defined(__x86_64__) && !defined(__aarch64__)
	free(f->context);
#endif
	free(f);
}

void
loop_watchdog(struct loop *l, const char *who, int64_t since_us)
{
	int64_t now = l->clock->mono_us(l->clock), took = now - since_us;

	if (took <= STALL_US || l->clock->advance_to)
		return;
	if (now < l->stall_quiet_us) {
		l->stalls++;
		if (took > l->stall_worst_us)
			l->stall_worst_us = took;
		return;
	}
	log_event(l->log, LOG_WARN, "stall",
	    F_STR("where", str_c(who)), F_INT("ms", took / 1000),
	    F_INT("more", l->stalls),
	    F_INT("worst_ms", l->stall_worst_us / 1000));
	l->stall_quiet_us = now + STALL_QUIET_US;
	l->stall_worst_us = 0;
	l->stalls = 0;
}

static void
run_fiber(struct loop *l, struct fiber *f)
{
	int64_t start = l->clock->mono_us(l->clock);
	const char *name = f->name;

	if (!f->stack) {
		f->stack = stack_get(&l->stacks);
		fiber_prepare(f, fiber_main);
	}
	f->state = FIBER_RUNNING;
	l->running = f;
	if (l->on_switch)
		l->on_switch();
	fiber_enter(&l->home, f);
	if (l->on_switch)
		l->on_switch();
	l->running = NULL;
	if (f->state == FIBER_DEAD)
		fiber_end(l, f);
	loop_watchdog(l, name, start);
}

/* Those that are ready now; who becomes ready meanwhile waits for the next
 * round, so that nobody starves the sockets. */
void
loop_run_ready(struct loop *l)
{
	struct list now = { 0 };
	struct fiber *f;

	list_append_all(&now, &l->ready);
	while ((f = list_pop(struct fiber, &now, ready)))
		run_fiber(l, f);
}

struct fiber *
fiber_self(struct loop *l)
{
	return l->running;
}

void
fiber_rest(struct loop *l)
{
	const char here = 0;

	if (l->running)
		stack_trim(l->running->stack, &here);
}

static void
fiber_timeout(struct timer *t)
{
	struct fiber *f = container_of(t, struct fiber, timer);

	fiber_wake(f->loop, f);
}

static void
suspend(struct loop *l, struct fiber *f)
{
	l->running = NULL;
	fiber_leave(&l->home, f, false);
}

int
fiber_wait(struct loop *l, int64_t until_ms)
{
	struct fiber *f = l->running;

	if (!f)
		bug("fiber_wait() on the loop's own stack");
	if (f->canceled)
		return E_CANCELED;
	if (!f->woken) {
		if (until_ms <= loop_now_ms(l))
			return E_TIMEOUT;
		timer_set(l, &f->timer, until_ms, fiber_timeout);
		f->state = FIBER_WAITING;
		suspend(l, f);
		timer_clear(l, &f->timer);
	}
	f->woken = false;
	if (f->canceled)
		return E_CANCELED;
	return until_ms <= loop_now_ms(l) ? E_TIMEOUT : 0;
}

void
fiber_wake(struct loop *l, struct fiber *f)
{
	if (!f || f->woken)
		return;
	f->woken = true;
	if (f->state == FIBER_WAITING)
		make_ready(l, f);
}

void
fiber_yield(struct loop *l)
{
	struct fiber *f = l->running;

	bug_if(!f);
	make_ready(l, f);
	suspend(l, f);
}

void
fiber_cancel(struct loop *l, struct fiber *f)
{
	if (!f)
		return;
	f->canceled = true;
	fiber_wake(l, f);
}

void
loop_cancel_all(struct loop *l)
{
	list_each(struct fiber, f, &l->fibers, link)
		fiber_cancel(l, f);
}

int
fiber_sleep(struct loop *l, int64_t until_ms)
{
	int rc;

	while ((rc = fiber_wait(l, until_ms)) == 0)
		continue;
	return rc == E_TIMEOUT ? 0 : rc;
}

void
fiber_wait_uncancelable(struct loop *l, const bool *done)
{
	struct fiber *f = l->running;

	bug_if(!f);
	while (!*done) {
		f->woken = false;
		f->state = FIBER_WAITING;
		suspend(l, f);
	}
}

void
loop_on_switch(struct loop *l, void (*fn)(void))
{
	l->on_switch = fn;
}

size_t
loop_fibers(const struct loop *l)
{
	return l->nfibers;
}

size_t
loop_stack_peak(const struct loop *l)
{
	size_t peak = 0;

	for (size_t i = 0; i < l->stacks.n; i++) {
		size_t n = stack_used(l->stacks.free[i]);

		peak = n > peak ? n : peak;
	}
	return peak;
}
