/*
 * stopped.h - the queue of an account that may send nothing, or may again:
 * rows of the table `stopped`, and their work on the queue, slice by slice, so
 * that a long one holds up nobody's commit. It goes on after a restart.
 */
#pragma once
#include "store/engine/engine_int.h"

/* Words of stopped.work. Of a stopped account what waits is held, and its row
 * stays; after the others it goes. */
enum stopped_work { STOPPED_hold, STOPPED_release, STOPPED_drop };

struct stopped_done {
	uint32_t changed;	/* recipients */
	bool more;		/* there is more of the queue to look at */
};
/* Some of its queue, from where the last slice ended; nothing, if nothing is to
 * be done. */
int stopped_slice(struct engine *e, uint64_t account,
    struct stopped_done *done, struct err *err);

/* Is what waits to leave later of a stopped account? 1: yes. */
int stopped_is(struct engine *e, uint64_t account, struct err *err);
