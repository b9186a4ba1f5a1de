/*
 * limits_operator.c - limits as the operator sees and changes them, and an
 * account that is let send again.
 */
#include "store/directory/resolve.h"
#include "store/engine/send_limits.h"
#include "store/queue/stopped.h"

int
read_limits(struct reader *r, const struct caller *c unused_arg,
    const struct limits_ask *ask, union store_answer *answer, struct err *err)
{
	struct send_limits_state s;
	int64_t now_us = engine_now_us(r->e);
	uint64_t account;
	int rc = resolve_named(&r->q, r->arena, ask->address, &account, err);

	if (rc == 0)
		rc = send_limits_read(&r->q, account, &s, err);
	if (rc < 0)
		return rc;
	for (enum send_limit i = 0; i < SEND_LIMIT_KINDS; i++)
		msg_put(&r->rows, &limit_row_shape, &(struct limit_row){
		    s.own[i], send_limits_most(r->e, &s, i),
		    send_limits_used(r->e, &s, i, now_us) });
	answer->limits = (struct limits_answer){ buf_get(&r->rows), s.stopped,
		s.why, s.most };
	return 0;
}

int
write_limit_put(struct engine *e, struct write *w)
{
	const struct limit_put_ask *ask = w->ask;
	struct send_limits *l;
	uint64_t account;
	int rc = resolve_named(&e->w, e->arena, ask->address, &account,
	    &w->err);

	if (rc == 0 && (ask->limit >= SEND_LIMIT_KINDS ||
	    ask->most > SEND_LIMIT_NONE || (ask->most > SEND_LIMIT_MOST &&
	    ask->most != SEND_LIMIT_NONE && ask->limit != SEND_LIMIT_size)))
		return err_set(&w->err, E_INVALID, "no such limit");
	if (rc == 0)
		rc = send_limits_get(e, account, &l, &w->err);
	if (rc < 0)
		return rc;
	l->is.own[ask->limit] = ask->most;
	send_limits_touch(e, l);
	return 0;
}

/* Work on the queue of who is not stopped goes on, if there is any, and what is
 * held is dropped if that is asked for; but what the operator holds by hand is
 * not let go. 1: there is something to do. */
static int
begin_work(struct engine *e, uint64_t account, bool stopped, bool drop,
    struct err *err)
{
	int rc = stopped || drop ? 1 : sql_first(&e->w, SQL_stopped_get,
	    SQL_VALS(vi(account)), err);

	if (rc <= 0)
		return rc;
	if (!stopped && !drop)
		sql_end(&e->w, SQL_stopped_get);
	rc = sql_run(&e->w, SQL_stopped_work, SQL_VALS(vi(account),
	    vi(drop ? STOPPED_drop : STOPPED_release), vi(e->next_blob),
	    vi(stopped)), err);
	return rc < 0 ? rc : 1;
}

int
write_unlock(struct engine *e, struct write *w)
{
	const struct unlock_ask *ask = w->ask;
	struct unlock_answer *out = &w->answer.unlock;
	struct stopped_done done = { 0 };
	struct send_limits *l;
	uint64_t account;
	int works, rc = resolve_named(&e->w, e->arena, ask->address, &account,
	    &w->err);

	if (rc == 0)
		rc = send_limits_get(e, account, &l, &w->err);
	if (rc < 0)
		return rc;
	out->stopped = l->is.stopped;
	memset(l->is.until_us, 0, sizeof(l->is.until_us));
	l->is.stopped = 0;
	send_limits_touch(e, l);
	works = begin_work(e, account, out->stopped != 0, ask->drop, &w->err);
	rc = works > 0 ? stopped_slice(e, account, &done, &w->err) : works;
	e->half_written |= rc < 0;
	out->changed = done.changed;
	out->more = done.more;
	batch_journal(e, &(struct journal_row){
	    .at_us = e->o.wall_us(e->o.arg), .event = JOURNAL_unlocked,
	    .address = ask->address, .text = works == 0 ?
		STR("it was not stopped") : ask->drop ?
		STR("what was held is dropped") :
		STR("what was held goes out") });
	return rc;
}
