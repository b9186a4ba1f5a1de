/*
 * waiting_time.h - how long something has waited, when clocks jump.
 *
 * Ages are told by the wall clock, which may jump ahead by days, or stand still
 * while the machine is off: nothing was tried in such a gap, so no age counts
 * it. Of the last GAPS of them; in memory (gaps.c keeps them). Any thread.
 */
#pragma once
#include <pthread.h>
#include <stdint.h>

#include "base/attr.h"

enum { WAITING_GAPS = 8 };

struct waiting_gaps {
	uint64_t version;	/* another one after every change */
	size_t n;
	struct waiting_gap {
		int64_t from, to;	/* seconds since 1970 */
	} gap[WAITING_GAPS];		/* in their order, apart */
};

struct waiting_time {
	pthread_mutex_t lock;
	struct waiting_gaps gaps;
};

void waiting_time_init(struct waiting_time *w);
void waiting_time_end(struct waiting_time *w);
/* The clock went from one to the other while nobody waited. Back again: what
 * was ahead never was. */
void waiting_time_jumped(struct waiting_time *w, int64_t from, int64_t to);
/* What came then, or before, has waited for age_s. */
int64_t waiting_time_since(struct waiting_time *w, int64_t now, int64_t age_s);
struct waiting_gaps waiting_time_gaps(struct waiting_time *w);
