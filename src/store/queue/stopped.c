#include "store/queue/stopped.h"

#include "store/queue/hold.h"
#include "store/queue/queue_int.h"

enum { MESSAGES_LOOKED_AT = 5000, MESSAGES_A_SLICE = 100, ROWS_A_SLICE = 400 };

struct stopped_queue {
	struct engine *e;
	uint64_t account, cursor;
	uint64_t before;	/* messages that it handed in until it was
				 * let send again */
	bool waiting_too;	/* dropped is also what is not held */
	enum stopped_work work;
	struct stopped_done *done;
	struct err *err;
	/* A statement must not walk over rows that change. */
	uint64_t message[MESSAGES_A_SLICE];
	size_t n;
	bool end;		/* of the queue */
};

int
stopped_is(struct engine *e, uint64_t account, struct err *err)
{
	bool is;
	int rc = sql_first(&e->w, SQL_stopped_get, SQL_VALS(vi(account)), err);

	if (rc <= 0)
		return rc;
	is = sql_u32(&e->w, stopped_get, work) == STOPPED_hold;
	sql_end(&e->w, SQL_stopped_get);
	return is;
}

/* ---- one recipient ------------------------------------------------------- */

/* As the operator holds one by itself: no end of a hold lets it go, also of one
 * that holds it already. */
static int
hold(struct stopped_queue *s, const struct queued *q)
{
	bool by_hold = q->state == ROW_held && !q->by_hand;

	if (q->state != ROW_waits && q->state != ROW_fresh && !by_hold)
		return 0;
	s->done->changed++;
	return hold_row(s->e, q, true, STR("its account may send nothing"),
	    s->err);
}

/* Unless a hold means it. */
static int
release(struct stopped_queue *s, const struct queued *q)
{
	struct hold other;
	int rc;

	if (q->state != ROW_held || !q->by_hand)
		return 0;
	rc = hold_of(s->e, q->reverse_path, q->address, q->domain, &other,
	    s->err);
	if (rc < 0)
		return rc;
	s->done->changed++;
	return rc > 0 ? hold_row(s->e, q, false, STR_NULL, s->err) :
	    hold_let_go(s->e, q, STR("its account may send again"), s->err);
}

/* Of who was stopped also what was not held yet, and what was to leave
 * later. */
static int
drop(struct stopped_queue *s, const struct queued *q)
{
	int rc;

	if (q->state == ROW_reports ||
	    (q->state != ROW_held && !s->waiting_too))
		return 0;
	queued_journal(s->e, JOURNAL_dropped, q, 0,
	    STR("its account was stopped"));
	s->done->changed++;
	rc = queued_drop(s->e, q, s->err);
	return rc < 0 ? rc : queued_finish(s->e, q->message, s->err);
}

/* ---- a slice ------------------------------------------------------------- */

static int
do_message(struct stopped_queue *s, uint64_t message)
{
	static int (*const works[])(struct stopped_queue *,
	    const struct queued *) = { hold, release, drop };
	enum sql_statement of = SQL_queue_of;
	struct VEC(uint32_t) rcpts = { 0 };
	struct queued q;
	int rc = sql_first(&s->e->w, of, SQL_VALS(vi(message)), s->err);

	for (; rc > 0; rc = sql_next(&s->e->w, of, s->err))
		vec_push(&rcpts, queue_u32(&s->e->w, of, rcpt));
	for (size_t i = 0; i < rcpts.n && rc >= 0; i++) {
		rc = queued_get(s->e, message, rcpts.p[i], &q, s->err);
		if (rc > 0)
			rc = works[s->work](s, &q);
	}
	vec_free(&rcpts);
	return rc < 0 ? rc : 0;
}

/* What it handed in after it might send again is its own. */
static int
choose_messages(struct stopped_queue *s)
{
	struct sql *q = &s->e->w;
	enum sql_statement whose = SQL_queue_whose;
	bool over = false;
	int looked = 0, rc = sql_first(q, whose, SQL_VALS(vi(s->cursor)),
	    s->err);

	for (; rc > 0; rc = sql_next(q, whose, s->err)) {
		uint64_t message = sql_u64(q, queue_whose, message);

		over = s->work != STOPPED_hold && message >= s->before;
		if (over || s->n == MESSAGES_A_SLICE ||
		    looked++ == MESSAGES_LOOKED_AT)
			break;
		s->cursor = message;
		if (sql_u64(q, queue_whose, account) == s->account)
			s->message[s->n++] = message;
	}
	s->end = rc == 0 || over;
	if (rc > 0)
		sql_end(q, whose);
	return rc < 0 ? rc : 0;
}

static int
do_messages(struct stopped_queue *s)
{
	int rc = 0;

	for (size_t i = 0; i < s->n && rc == 0; i++) {
		rc = do_message(s, s->message[i]);
		if (s->done->changed < ROWS_A_SLICE || i + 1 == s->n)
			continue;
		s->cursor = s->message[i];
		s->end = false;
		break;
	}
	return rc;
}

/* What is held stays so: no more is to come of the queue. */
static int
keep_place(struct stopped_queue *s)
{
	if (s->end && s->work != STOPPED_hold)
		return sql_run(&s->e->w, SQL_stopped_del, SQL_VALS(
		    vi(s->account)), s->err);
	return sql_run(&s->e->w, SQL_stopped_cursor, SQL_VALS(
	    vi(s->end ? (uint64_t)INT64_MAX : s->cursor), vi(s->account)),
	    s->err);
}

int
stopped_slice(struct engine *e, uint64_t account, struct stopped_done *done,
    struct err *err)
{
	struct stopped_queue *s = arena_new_of(e->arena, struct stopped_queue);
	int rc = sql_first(&e->w, SQL_stopped_get, SQL_VALS(vi(account)), err);

	*s = (struct stopped_queue){ .e = e, .account = account,
		.done = done, .err = err };
	if (rc <= 0)
		return rc;
	s->work = sql_u32(&e->w, stopped_get, work);
	s->cursor = sql_u64(&e->w, stopped_get, cursor);
	s->before = sql_u64(&e->w, stopped_get, most);
	s->waiting_too = sql_u32(&e->w, stopped_get, why) != 0;
	sql_end(&e->w, SQL_stopped_get);
	if (s->work > STOPPED_drop)
		return err_set(err, E_INVALID, "no such work");
	if (s->cursor >= (uint64_t)INT64_MAX)
		return 0;
	rc = choose_messages(s);
	if (rc == 0)
		rc = do_messages(s);
	done->more = !s->end;
	return rc < 0 ? rc : keep_place(s);
}
