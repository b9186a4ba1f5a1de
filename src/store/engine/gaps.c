/*
 * gaps.c - the gaps in which nothing was tried, because the clock jumped or
 * nobody ran. They are written with whatever is committed next. If nothing is,
 * nothing was tried since, and the next start finds the gap by itself.
 */
#include "store/engine/engine_int.h"

static void
take_in_gaps(struct engine *e)
{
	enum sql_statement s = SQL_waiting_gaps;
	int rc = sql_first(&e->w, s, NULL, 0, NULL);

	for (; rc > 0; rc = sql_next(&e->w, s, NULL))
		waiting_time_jumped(&e->waiting,
		    sql_i64(&e->w, waiting_gaps, gap_from),
		    sql_i64(&e->w, waiting_gaps, gap_to));
	e->gaps_kept = e->gaps_written =
	    waiting_time_gaps(&e->waiting).version;
}

/* What cannot be read keeps nobody from starting. */
void
gaps_begin(struct engine *e)
{
	int64_t now = e->o.wall_us(e->o.arg) / 1000000;
	uint64_t at = 0;
	int rc;

	take_in_gaps(e);
	waiting_time_jumped(&e->waiting, INT64_MAX, now);
	rc = sql_number(&e->w, SQL_queue_last, NULL, 0, &at, NULL);
	if (rc == 0 && at > 0 &&
	    now - (int64_t)at > queue_longest_s(&e->o.queue))
		engine_clock_jumped(e, (int64_t)at, now);
}

int64_t
engine_since(struct engine *e, int64_t age_s)
{
	return waiting_time_since(&e->waiting,
	    e->o.wall_us(e->o.arg) / 1000000, age_s);
}

void
engine_clock_jumped(struct engine *e, int64_t from, int64_t to)
{
	waiting_time_jumped(&e->waiting, from, to);
}

int
gaps_write(struct engine *e, struct err *err)
{
	const struct waiting_gaps gaps = waiting_time_gaps(&e->waiting);
	int rc;

	if (gaps.version == e->gaps_kept)
		return 0;
	rc = sql_run(&e->w, SQL_waiting_gaps_del, NULL, 0, err);
	for (size_t i = 0; i < gaps.n && rc == 0; i++)
		rc = sql_run(&e->w, SQL_waiting_gap_add,
		    SQL_VALS(vi((uint64_t)gaps.gap[i].from),
		    vi((uint64_t)gaps.gap[i].to)), err);
	e->gaps_written = gaps.version;
	return rc;
}

void
gaps_clean(struct engine *e)
{
	e->gaps_kept = e->gaps_written;
}
