/*
 * fiber.h - stacks and the switch between them: what loop.c is built on.
 *
 * Not for sessions: they use fiber_spawn() and its kin in loop.h. A fiber
 * never leaves the thread that made it (errno, OpenSSL's error queue).
 */
#pragma once
#include "rt/loop.h"

enum { FIBER_STACK = HAVE_ASAN ? 512 * 1024 : 64 * 1024 };
enum { STACKS_KEPT = 64 };

enum fiber_state { FIBER_NEW, FIBER_READY, FIBER_RUNNING, FIBER_WAITING,
	FIBER_DEAD };

/* tools/gdb/postern-fibers.py reads this. */
struct fiber {
	struct loop *loop;
	const char *name;
	void (*fn)(void *arg);
	void *arg;
	enum fiber_state state;
	bool woken, canceled;
	void *sp;		/* where it stopped (own switch) */
	char *stack;		/* lowest usable octet */
	void *asan_stack;	/* AddressSanitizer's fake stack */
	struct timer timer;
	struct list_link ready;	/* of those that run next */
	struct list_link link;	/* of all fibers of the loop */
#if !defined(__x86_64__) && !defined(__aarch64__)
	void *context;
#endif
};

/* Free stacks of a loop. */
struct stack_pool {
	char *free[STACKS_KEPT];
	size_t n;
	size_t made; /* mapped now, in use or not */
};

/* FIBER_STACK octets, zeroed when new, with a guard page below. */
char *stack_get(struct stack_pool *p);
/* What lies so far below sp that nothing is on it. */
void stack_trim(char *stack, const char *sp);
void stack_put(struct stack_pool *p, char *stack);
void stack_pool_free(struct stack_pool *p);
size_t stack_used(const char *stack);

/* Prepare f so that the first switch to it runs entry(f). */
void fiber_prepare(struct fiber *f, void (*entry)(struct fiber *f));
/* From the loop's stack into f, and back again. */
struct switcher {
	void *sp;
	void *asan_stack;
	const void *bottom;
	size_t size;
	void *context;
};
void fiber_enter(struct switcher *home, struct fiber *f);
void fiber_leave(struct switcher *home, struct fiber *f, bool dying);
