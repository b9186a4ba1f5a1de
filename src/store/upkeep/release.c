#include "store/queue/queue_int.h"
#include "store/queue/stopped.h"
#include "store/upkeep/upkeep_int.h"

/*
 * What waits to leave later (queue/later.c), when it is due: some in a commit.
 *
 * hold_until is the wall clock's. hold_for is a time that passes: when the wall
 * clock jumps, what waits by it is moved along.
 */

enum { RELEASES_A_SLICE = 50, PUT_OFF_S = 300, FAILED_S = 60,
	STOPPED_S = 900 };
static const int64_t JUMP_US = 1000000;

/* The first that is due by then. What cannot be read ends nothing: it is tried
 * again in a while. */
static bool
first_due(struct engine *e, int64_t by, uint64_t *message, struct err *err)
{
	int rc = sql_first(&e->w, SQL_later_next, SQL_VALS(vi((uint64_t)by)),
	    err);

	if (rc > 0) {
		*message = sql_u64(&e->w, later_next, message);
		sql_end(&e->w, SQL_later_next);
	} else if (rc < 0) {
		e->later.failed_s = e->now_s;
		if (e->o.log)
			log_event(e->o.log, LOG_ERROR, "release_failed",
			    F_ERR(err));
	}
	return rc > 0;
}

static int
move_due(struct engine *e, bool first, int64_t jump_us, struct err *err)
{
	static const enum sql_statement moves[] = { SQL_later_move,
		SQL_later_rcpts_move }, begins[] = { SQL_later_begin_again,
		SQL_later_rcpts_begin_again };
	int rc = 0;

	for (size_t i = 0; i < NELEM(moves) && rc == 0; i++)
		rc = sql_run(&e->w, first ? begins[i] : moves[i], SQL_VALS(
		    vi((uint64_t)(first ? e->now_s : jump_us / 1000000))),
		    err);
	return rc;
}

/* What is of an account that may send nothing now waits on. */
static int
release_one(struct engine *e, uint64_t message, struct err *err)
{
	uint64_t account = 0;
	int rc = sql_first(&e->w, SQL_later_get, SQL_VALS(vi(message)), err);

	if (rc > 0) {
		account = sql_u64(&e->w, later_get, account);
		sql_end(&e->w, SQL_later_get);
		rc = stopped_is(e, account, err);
	}
	if (rc < 0)
		return rc;
	return rc == 0 ? later_release(e, message, STR("it is due"), err) :
	    sql_run(&e->w, SQL_later_put_off, SQL_VALS(
	    vi((uint64_t)(e->now_s + STOPPED_S)), vi(message)), err);
}

static int
release_some(struct engine *e, uint64_t *message, struct err *err)
{
	int64_t until = engine_mono_us(e) + SLICE_US;
	size_t most = e->later.alone ? 1 : RELEASES_A_SLICE;
	int rc = 0;

	while (rc == 0 && most-- > 0 && engine_mono_us(e) <= until &&
	    first_due(e, e->now_s, message, err))
		rc = release_one(e, *message, err);
	return rc;
}

static int
begin_slice(struct engine *e, struct err *err)
{
	arena_reset(e->arena);
	e->changed.n = e->revoked.n = 0;
	buf_reset(&e->named);
	buf_reset(&e->news);
	batch_begin(e);
	return batch_transaction(e, err);
}

/* All of the slice, or nothing of it: BATCH_UNDONE. */
static int
end_slice(struct engine *e, int rc, struct err *err)
{
	e->half_written |= rc < 0;
	return batch_finish(e, err);
}

/* One that cannot be let go, which is known when it was tried alone, keeps no
 * other waiting. */
static int
put_off(struct engine *e, uint64_t message, const struct err *why)
{
	struct err err = { 0 };
	int rc = begin_slice(e, &err);

	if (e->o.log)
		log_event(e->o.log, LOG_ERROR, "release_failed",
		    F_INT("message", message), F_ERR(why));
	if (rc == 0)
		rc = sql_run(&e->w, SQL_later_put_off, SQL_VALS(
		    vi((uint64_t)(e->now_s + PUT_OFF_S)), vi(message)), &err);
	rc = end_slice(e, rc, &err);
	return rc < 0 ? rc : 0;
}

/* What waits for a time that passes goes by CLOCK_MONOTONIC. At a start that is
 * not to be known, but who came later than now came while the clock was
 * ahead. */
static int
follow_clock(struct engine *e, struct err *err)
{
	int64_t wall = e->o.wall_us(e->o.arg), mono = engine_mono_us(e);
	int64_t jump = (wall - e->later.wall_us) - (mono - e->later.mono_us);
	bool first = e->later.wall_us == 0;
	uint64_t any;
	int rc = 0;

	if ((first || jump >= JUMP_US || jump <= -JUMP_US) &&
	    first_due(e, INT64_MAX, &any, err)) {
		rc = begin_slice(e, err);
		if (rc == 0)
			rc = move_due(e, first, jump, err);
		rc = end_slice(e, rc, err);
	}
	if (rc == 0) {
		e->later.wall_us = wall;
		e->later.mono_us = mono;
	}
	return rc;
}

static int
release_slice(struct engine *e, bool *more, struct err *err)
{
	uint64_t message = 0;
	int rc = begin_slice(e, err);

	if (rc == 0)
		rc = release_some(e, &message, err);
	rc = end_slice(e, rc, err);
	*more = rc == 0;
	if (rc != BATCH_UNDONE || err->code == E_FULL)
		return rc;
	*more = true;
	e->later.alone = !e->later.alone;
	return e->later.alone ? 0 : put_off(e, message, err);
}

int
later_slice(struct engine *e, bool *more, struct err *err)
{
	uint64_t message;
	int rc;

	if (e->now_s < e->later.failed_s + FAILED_S &&
	    e->now_s >= e->later.failed_s)
		return 0;
	rc = follow_clock(e, err);
	if (rc == 0 && first_due(e, e->now_s, &message, err))
		rc = release_slice(e, more, err);
	else
		e->later.alone = false;
	return rc == BATCH_UNDONE ? 0 : rc;
}
