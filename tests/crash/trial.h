/*
 * trial.h - one trial of the crash harness: a store on a disk in memory that
 * is somewhere in the script, and what it must show.
 */
#pragma once
#include "faulty.h"
#include "script.h"

enum { STEPS_MAX = 114 };

struct golden {
	struct buf seen[STEPS_MAX + 1];	/* before step i */
	uint64_t points[STEPS_MAX + 1];
};

struct trial {
	const struct golden *golden;
	enum fault fault;
	uint64_t point, seed;
	const char *lie;
	struct faulty *disk;
	struct fixture d;
	bool violated;
};

void violation(struct trial *t, size_t step, const char *what,
    const char *more);
/* 0 or E_*. */
int open_store(struct trial *t);
/* The process dies; what it wrote is on the disk. */
void die(struct trial *t);
/* What is seen now is what was seen before one of these steps: which? */
bool is_seen(struct trial *t, size_t step, size_t *which, size_t least,
    size_t most);
bool recounts(struct trial *t, size_t step);
/* Step `step` again, with its ids: whatever happened to it before, it ends as
 * it should. */
bool again(struct trial *t, size_t step);
/* What store does every second: it may find that there is room again. */
void clean_up(struct trial *t, size_t step);

/* operators.c: what happens to a folder besides a failing disk. Each begins
 * before this step, in a process of its own. */
struct act {
	const char *name;
	void (*run)(struct trial *t, size_t step);
};
extern const struct act acts[];
extern const size_t nacts;
