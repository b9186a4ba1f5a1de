/*
 * loop_int.h - a loop from the inside: loop.c (descriptors, running), timer.c,
 * sched.c (fibers).
 */
#pragma once
#include <pthread.h>
#include <sys/epoll.h>

#include "base/vec.h"
#include "rt/fiber.h"

enum { EVENTS = 64, STALL_US = 50000,
	STALL_QUIET_US = 60000000, SCRATCH = 256 * 1024 + 4096 };

struct post {
	struct list_link link;
	void (*fn)(void *arg);
	void *arg;
};

struct loop {
	struct clock *clock;
	struct log *log;
	int64_t stall_quiet_us;	/* told until then: only counted */
	int64_t stall_worst_us;
	uint32_t stalls;
	pthread_t thread;
	int epfd;
	struct watch wake; /* an eventfd: other threads */
	int64_t now_us;
	bool stopping;
	bool stop_asked; /* from any thread; atomic */
	uint64_t seed; /* on a fake clock */
	unsigned char pool[256]; /* randomness not yet given */
	size_t npool;

	struct timer **heap; /* heap[0] is unused: slots begin at 1 */
	size_t ntimers, heap_room;
	size_t nwatches;
	struct list defers, hooks;

	struct list fibers; /* all */
	size_t nfibers;
	struct list ready;
	struct fiber *running;
	void (*on_switch)(void);
	struct stack_pool stacks;
	struct switcher home;

	/* The watches of this epoll round: one may unwatch another. */
	struct epoll_event events[EVENTS];
	int nevents, event;

	pthread_mutex_t mutex;
	struct list posts;
	char *scratch;
};

/* timer.c: run those that are due. */
void loop_run_timers(struct loop *l);
/* sched.c: run the fibers that are ready now. */
void loop_run_ready(struct loop *l);
/* Log it if more than 50 ms have gone by since then. */
void loop_watchdog(struct loop *l, const char *who, int64_t since_us);
