/*
 * clock.h - where time comes from.
 *
 * The loop asks its clock and nothing else does, so the same code runs on a
 * clock that a test moves by hand.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct clock {
	/* Microseconds; the first never jumps, the second is since 1970 UTC. */
	int64_t (*mono_us)(struct clock *);
	int64_t (*wall_us)(struct clock *);
	/* On a fake clock the loop, when idle, calls this instead of sleeping.
	 * NULL on a real one. */
	void (*advance_to)(struct clock *, int64_t mono_us);
};

struct fake_clock {
	struct clock clock;
	int64_t mono, wall;
};

struct clock clock_real(void);
/* Stands still at this wall time (mono starts at 1 s). */
struct fake_clock clock_fake(int64_t wall_us);
