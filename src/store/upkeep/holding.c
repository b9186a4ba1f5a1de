#include "store/queue/hold.h"
#include "store/upkeep/upkeep_int.h"

/*
 * A hold that began or ended, and whose command has gone, or store with it,
 * before all that waits was walked along (queue/hold.c): a slice in a commit.
 */

enum { FAILED_S = 60 };

/* What cannot be done is tried again in a while. */
static int
holding_failed(struct engine *e, const struct err *why)
{
	e->holding.failed_s = e->now_s;
	if (e->o.log)
		log_event(e->o.log, LOG_ERROR, "holding_failed", F_ERR(why));
	return 0;
}

int
holding_slice(struct engine *e, bool *more, struct err *err)
{
	uint64_t done;
	int rc;

	if ((e->now_s < e->holding.failed_s + FAILED_S &&
	    e->now_s >= e->holding.failed_s) || !hold_is_due(e, err))
		return 0;
	arena_reset(e->arena);
	e->changed.n = e->revoked.n = 0;
	buf_reset(&e->named);
	buf_reset(&e->news);
	batch_begin(e);
	rc = batch_transaction(e, err);
	if (rc == 0)
		rc = hold_walk(e, 0, STR_NULL, &done, err);
	*more = rc > 0;
	e->half_written |= rc < 0;
	rc = batch_finish(e, err);
	if (rc != BATCH_UNDONE)
		return rc;
	*more = false;
	return holding_failed(e, err);
}
