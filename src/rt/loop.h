/*
 * loop.h - one thread, one epoll, timers; and the fibers that run on it.
 *
 * A loop belongs to one thread. Everything here is for that thread only, but
 * for loop_post() and loop_stop().
 *
 * The loop is also the node: its clock, randomness and log hang from it.
 */
#pragma once
#include <sys/types.h>

#include "base/err.h"
#include "base/list.h"
#include "base/log.h"
#include "base/str.h"
#include "rt/clock.h"

struct loop;
struct log;

struct loop *loop_new(struct clock *clock, struct log *log);
void loop_free(struct loop *l);

/* Run until loop_stop() and no fiber is left, or until nothing can ever
 * happen again (no fiber, timer or watch). */
void loop_run(struct loop *l);
/* One round: run what is ready; if nothing is, wait at most max_ms. */
void loop_once(struct loop *l, int64_t max_ms);
/* Leave in good order: parked streams are resumed with PARK_STOP, and
 * loop_run() returns when no fiber is left. From any thread. */
void loop_stop(struct loop *l);
/* For those that do not come to an end: cancel every fiber. */
void loop_cancel_all(struct loop *l);
bool loop_stopping(const struct loop *l);

int64_t loop_now_ms(struct loop *l);	/* monotonic; cached per round */
int64_t loop_wall_us(struct loop *l);	/* since 1970 UTC */
int64_t loop_wall(struct loop *l);	/* whole seconds */
/* Cryptographic randomness (a seeded generator on a fake clock). */
void loop_random(struct loop *l, void *p, size_t n);
uint64_t loop_random64(struct loop *l);
struct log *loop_log(struct loop *l);
/* Is this the thread that made it? (Any thread.) */
bool loop_is_mine(const struct loop *l);

/* A time no deadline reaches. */
#define NEVER INT64_MAX

/* Watches. The caller owns the struct and closes the descriptor, after
 * loop_unwatch(). fn gets the EPOLL* bits and runs on the loop's own stack;
 * it may free the watch. */
struct watch {
	int fd;
	uint32_t events;	/* EPOLLIN, EPOLLOUT; set EPOLLET yourself */
	void (*fn)(struct watch *w, uint32_t events);
	bool on;		/* of the loop */
};
int loop_watch(struct loop *l, struct watch *w, struct err *err);
/* The same watch with other events. */
void loop_rewatch(struct loop *l, struct watch *w, uint32_t events);
void loop_unwatch(struct loop *l, struct watch *w);

/* Told once when the loop is stopping. The caller owns the struct. */
struct stop_hook {
	struct list_link link;
	void (*fn)(struct stop_hook *h);
};
void loop_on_stop(struct loop *l, struct stop_hook *h,
    void (*fn)(struct stop_hook *h));
void loop_off_stop(struct stop_hook *h); /* not set is fine */
/* 256 KiB that anybody may use between two suspensions. */
char *loop_scratch(struct loop *l, size_t *size);

/* Timers. The caller owns the struct (zeroed at first); setting again moves
 * it. fn runs on the loop's own stack and must not suspend. */
struct timer {
	int64_t at_ms;
	void (*fn)(struct timer *t);
	size_t slot; /* of the loop: 0 when not set */
};
void timer_set(struct loop *l, struct timer *t, int64_t at_ms,
    void (*fn)(struct timer *t));
void timer_clear(struct loop *l, struct timer *t);

/* Run fn before the loop next waits (once): for writing many things at
 * once. The caller owns the struct; queueing it twice is one run. */
struct defer {
	struct list_link link;
	void (*fn)(struct defer *d);
};
void loop_defer(struct loop *l, struct defer *d, void (*fn)(struct defer *d));

/* From any thread: run fn(arg) on the loop's thread soon. */
void loop_post(struct loop *l, void (*fn)(void *arg), void *arg);

/* Fibers. ------------------------------------------------------------- */

struct fiber;

/* A fiber starts at the next round; name is a constant for logs. */
struct fiber *fiber_spawn(struct loop *l, const char *name,
    void (*fn)(void *arg), void *arg);
/* Who runs now; NULL on the loop's own stack. */
struct fiber *fiber_self(struct loop *l);
/* Suspend until somebody wakes us. Wakes are not counted and may come for no
 * reason: call it in a loop around the condition. Returns 0, E_TIMEOUT (at or
 * after until_ms) or E_CANCELED (sticky: at once from then on). */
int fiber_wait(struct loop *l, int64_t until_ms);
/* Make f runnable; NULL and running fibers are fine. */
void fiber_wake(struct loop *l, struct fiber *f);
/* Let everybody else have a turn; long work calls it every 5 ms. */
void fiber_yield(struct loop *l);
/* Its next (or present) wait returns E_CANCELED. */
void fiber_cancel(struct loop *l, struct fiber *f);
int fiber_sleep(struct loop *l, int64_t until_ms);
/* Before a long wait: what was used of the stack below the caller is given back
 * to the system. */
void fiber_rest(struct loop *l);
/* Suspend until *done, whatever else happens: for what lives on our stack
 * and is in somebody else's hands. Who sets *done wakes the fiber. */
void fiber_wait_uncancelable(struct loop *l, const bool *done);
size_t loop_fibers(const struct loop *l); /* alive now */
/* Run fn whenever a fiber is left or entered: for what all fibers of a thread
 * share and none may leave behind (see tls_no_errors()). NULL: nothing. */
void loop_on_switch(struct loop *l, void (*fn)(void));
/* The deepest any of this loop's pooled stacks has been used since it was given
 * back, octets (looks for the first octet that is not zero: only for tests). */
size_t loop_stack_peak(const struct loop *l);

/* Blocking work on a small thread pool of this loop; suspends the fiber until
 * it is done (it cannot be canceled half-way, so it does not time out).
 * E_BUSY when queue_max jobs wait already. */
struct work_pool;
struct work_pool *work_pool_new(struct loop *l, int threads, int queue_max);
void work_pool_free(struct work_pool *p);
int rt_work(struct work_pool *p, void (*fn)(void *arg), void *arg);
