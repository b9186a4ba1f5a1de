#include "store/queue/stopped.h"

#include "store/upkeep/upkeep_int.h"

/*
 * The queues of accounts that were stopped, or let send again: what of that is
 * too much for the commit in which it happened, or was left by a kill.
 */

static int
next_stopped(struct engine *e, uint64_t *account, struct err *err)
{
	int rc = sql_first(&e->w, SQL_stopped_next, SQL_VALS(
	    vi((uint64_t)INT64_MAX)), err);

	if (rc <= 0)
		return rc;
	*account = sql_u64(&e->w, stopped_next, account);
	sql_end(&e->w, SQL_stopped_next);
	return 1;
}

/* All of the slice, or nothing of it. */
int
stopped_queues_slice(struct engine *e, bool *more, struct err *err)
{
	struct stopped_done done = { 0 };
	uint64_t account = 0;
	int rc = next_stopped(e, &account, err);

	if (rc == 0)
		return 0;
	if (rc < 0)
		return upkeep_pause(e, err);
	arena_reset(e->arena);
	e->changed.n = e->revoked.n = 0;
	buf_reset(&e->named);
	buf_reset(&e->news);
	batch_begin(e);
	rc = batch_transaction(e, err);
	if (rc == 0)
		rc = stopped_slice(e, account, &done, err);
	e->half_written |= rc < 0;
	rc = batch_finish(e, err);
	*more = rc == 0;
	return rc == BATCH_UNDONE ? upkeep_pause(e, err) : rc;
}
