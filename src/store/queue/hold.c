#include "store/queue/hold.h"

#include "base/log.h"

/*
 * A hold is a row of queue_hold. What comes is compared with all of them as it
 * is queued, by five look-ups, in the same commit; so from the commit of a hold
 * on nothing that it means gets past it. What waits already is walked along
 * once, a slice a commit, and the row says how far that has come: a command
 * asks for slice after slice, and if it goes away, or store does, upkeep goes
 * on (upkeep/holding.c). The same when a hold ends: its row stays till all that
 * it held has been let go, and means nothing any more.
 *
 * What is held is in ROW_held like what is held by number, so nobody is handed
 * it, nobody is told of a delay, and its time does not pass: when it is let go
 * it may be here for as much longer as it was held (`stood`).
 *
 * Invariant: who is in ROW_held, and not by hand, is meant by a hold, or by
 * one whose walk has yet to come there.
 */

enum { CHANGES_MAX = 400, LOOKED_AT_MAX = 5000, ROWS_A_PAGE = 200,
	COMMAND_S = 30 };

/* ---- one recipient ------------------------------------------------------- */

int
hold_row(struct engine *e, const struct queued *q, bool by_hand,
    struct str why, struct err *err)
{
	int64_t since = q->state == ROW_held && q->held_at ? q->held_at :
	    e->now_s;

	if (q->state != ROW_held)
		queued_journal(e, JOURNAL_held, q, 0, why);
	return sql_run(&e->w, SQL_queue_rcpt_hold, SQL_VALS(
	    vi((uint64_t)since), vi(by_hand), vi(q->message), vi(q->n)), err);
}

int
hold_let_go(struct engine *e, const struct queued *q, struct str why,
    struct err *err)
{
	enum row_state to = q->attempts ? ROW_waits : ROW_fresh;
	int64_t stood = hold_lasts(e, q);
	int64_t give_up = q->give_up ? q->give_up + stood : 0;

	queued_journal(e, JOURNAL_released, q, 0, why);
	queued_news(e, QUEUE_NEWS_unblock, q, e->now_s);
	queued_news(e, news_of_state(to), q, e->now_s);
	if (give_up)
		queued_news(e, QUEUE_NEWS_by, q, give_up);
	return sql_run(&e->w, SQL_queue_rcpt_let_go, SQL_VALS(vi(to),
	    vi((uint64_t)e->now_s), vi((uint64_t)(q->stood + stood)),
	    vi((uint64_t)give_up), vi(q->message), vi(q->n)), err);
}

/* ---- along all that waits ------------------------------------------------ */

struct walk_of_hold {
	struct engine *e;
	struct hold h;
	struct str who;
	uint32_t state;		/* enum hold_state */
	uint64_t message, done;
	uint32_t n;
	struct { uint64_t message; uint32_t n; } row[CHANGES_MAX];
	size_t nrows;
	bool more;
};

static bool
means(const struct walk_of_hold *k, struct str sender, struct str rcpt,
    struct str domain)
{
	struct str is = k->h.kind == HOLD_destination ? domain :
	    k->h.kind == HOLD_rcpt ? rcpt : sender.n > 0 ? sender :
	    STR("<>");

	if (k->h.what.n > 0 && k->h.what.p[0] == '@')
		is = hold_domain(is);
	return str_eqi(k->h.what, is);
}

/* Which ones, first: a statement must not walk over rows that change. */
static int
walk_choose(struct walk_of_hold *k, struct err *err)
{
	enum sql_statement s = SQL_queue_rows;
	struct sql *q = &k->e->w;
	int looked = 0, rc = sql_first(q, s, SQL_VALS(vi(k->message),
	    vi(k->n)), err);

	for (; rc > 0; rc = sql_next(q, s, err)) {
		uint32_t state = queue_u32(q, s, state);
		bool waits = state == ROW_waits || state == ROW_fresh;

		if (k->nrows == CHANGES_MAX || looked++ == LOOKED_AT_MAX) {
			k->more = true;
			break;
		}
		k->message = queue_u64(q, s, message);
		k->n = queue_u32(q, s, rcpt);
		if ((k->state == HOLD_begins ? !waits : state != ROW_held) ||
		    !means(k, queue_str(q, s, reverse_path),
			queue_str(q, s, address), queue_str(q, s, domain)))
			continue;
		k->row[k->nrows].message = k->message;
		k->row[k->nrows++].n = k->n;
	}
	if (rc > 0)
		sql_end(q, s);
	return rc < 0 ? rc : 0;
}

static int
walk_change(struct walk_of_hold *k, uint64_t message, uint32_t n,
    struct err *err)
{
	struct engine *e = k->e;
	struct hold other;
	struct queued q;
	int rc = queued_get(e, message, n, &q, err);

	if (rc <= 0)
		return rc;
	if (k->state == HOLD_begins) {
		k->done++;
		return hold_row(e, &q, false, arena_printf(e->arena,
		    "by %.*s", STR_FMT(hold_words(e->arena, &k->h))), err);
	}
	if (q.by_hand)
		return 0;
	rc = hold_of(e, q.reverse_path, q.address, q.domain, &other, err);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	k->done++;
	return hold_let_go(e, &q, arena_printf(e->arena, "%.*s is over",
	    STR_FMT(hold_words(e->arena, &k->h))), err);
}

static int
walk_end(struct walk_of_hold *k, struct err *err)
{
	struct engine *e = k->e;
	const struct hold *h = &k->h;

	if (k->more)
		return sql_run(&e->w, SQL_hold_walked, SQL_VALS(
		    vi(k->message), vi(k->n), vi(k->done), vi(h->kind),
		    vs(h->what)), err);
	if (e->o.log)
		log_event(e->o.log, LOG_INFO, k->state == HOLD_begins ?
		    "queue_hold" : "queue_hold_over",
		    F_STR("kind", str_c(hold_kind_name(h->kind))),
		    F_STR("what", h->what), F_STR("who", k->who),
		    F_STR("reason", h->reason), F_INT("recipients", k->done));
	return sql_run(&e->w, k->state == HOLD_begins ? SQL_hold_stands :
	    SQL_hold_del, SQL_VALS(vi(h->kind), vs(h->what)), err);
}

int
hold_walk(struct engine *e, uint32_t kind, struct str what, uint64_t *done,
    struct err *err)
{
	struct walk_of_hold *k;
	struct sql *q = &e->w;
	int rc = sql_first(q, SQL_hold_walking, SQL_VALS(vi(kind), vs(what)),
	    err);

	if (rc <= 0)
		return rc;
	k = arena_new_of(e->arena, struct walk_of_hold);
	*k = (struct walk_of_hold){ .e = e,
		.h = { sql_u32(q, hold_walking, kind),
		    str_dup(e->arena, sql_str(q, hold_walking, what)),
		    str_dup(e->arena, sql_str(q, hold_walking, reason)) },
		.who = str_dup(e->arena, sql_str(q, hold_walking, who)),
		.state = sql_u32(q, hold_walking, state),
		.message = sql_u64(q, hold_walking, message),
		.n = sql_u32(q, hold_walking, rcpt),
		.done = sql_u64(q, hold_walking, done) };
	sql_end(q, SQL_hold_walking);
	rc = walk_choose(k, err);
	for (size_t i = 0; i < k->nrows && rc == 0; i++)
		rc = walk_change(k, k->row[i].message, k->row[i].n, err);
	if (rc == 0)
		rc = walk_end(k, err);
	*done = k->done;
	return rc < 0 ? rc : k->more;
}

bool
hold_is_due(struct engine *e, struct err *err)
{
	int rc = hold_any(e, err);

	if (rc <= 0 || (e->now_s < e->holding.asked_s + COMMAND_S &&
	    e->now_s >= e->holding.asked_s))
		return false;
	rc = sql_first(&e->w, SQL_hold_walking, SQL_VALS(vi(0),
	    vs(STR_NULL)), err);
	if (rc > 0)
		sql_end(&e->w, SQL_hold_walking);
	return rc > 0;
}

/* ---- what the operator asks ---------------------------------------------- */

static int
check_what(struct arena *a, uint32_t kind, struct str what, struct err *err)
{
	size_t at = str_rchr(what, '@');
	bool ok = what.n > 0 && str_eq(what, str_lower(a, what));

	if (kind == HOLD_destination)
		ok &= at == what.n && what.n <= 255;
	else if (kind == HOLD_sender && str_eq(what, STR("<>")))
		ok = true;
	else if (kind == HOLD_sender || kind == HOLD_rcpt)
		ok &= at + 1 < what.n && address_is_safe(what);
	else
		ok = false;
	return ok ? 0 : err_set(err, E_INVALID, "no such hold can be");
}

/* The next slice, if there is any; the answer of all three. */
static int
go_on(struct engine *e, struct write *w, const struct hold_go_ask *ask,
    bool known)
{
	uint64_t done = 0;
	int rc = hold_walk(e, ask->kind, ask->what, &done, &w->err);

	e->holding.asked_s = e->now_s;
	if (rc < 0) {
		e->half_written = true;
		return rc;
	}
	w->answer.hold_go = (struct hold_go_answer){ done, rc > 0, known };
	return 0;
}

int
write_hold_put(struct engine *e, struct write *w)
{
	const struct hold_put_ask *ask = w->ask;
	const struct hold_go_ask go = { ask->change, ask->kind, ask->what };
	uint64_t n = 0;
	bool known = false;
	int rc = check_what(e->arena, ask->kind, ask->what, &w->err);

	if (rc == 0)
		rc = sql_first(&e->w, SQL_hold_get, SQL_VALS(vi(ask->kind),
		    vs(ask->what)), &w->err);
	if (rc > 0) {
		known = sql_u32(&e->w, hold_get, state) != HOLD_ends;
		sql_end(&e->w, SQL_hold_get);
	} else if (rc == 0) {
		rc = sql_number(&e->w, SQL_hold_count, NULL, 0, &n, &w->err);
		if (rc == 0 && n >= HOLDS_MAX)
			return err_set(&w->err, E_LIMIT, "there are %d holds "
			    "already", HOLDS_MAX);
	}
	if (rc < 0)
		return rc;
	e->holding.known = e->holding.any = true;
	rc = sql_run(&e->w, SQL_hold_put, SQL_VALS(vi(ask->kind),
	    vs(ask->what), vi((uint64_t)e->now_s), vs(ask->who),
	    vs(ask->reason)), &w->err);
	return rc < 0 ? rc : go_on(e, w, &go, known);
}

int
write_hold_end(struct engine *e, struct write *w)
{
	const struct hold_end_ask *ask = w->ask;
	const struct hold_go_ask go = { ask->change, ask->kind, ask->what };
	int rc = sql_change(&e->w, SQL_hold_end, SQL_VALS(vs(ask->who),
	    vi(ask->kind), vs(ask->what)), &w->err);

	if (rc == 0)
		return err_set(&w->err, E_NOTFOUND, "there is no hold of the "
		    "%s %.*s", hold_kind_name(ask->kind), STR_FMT(ask->what));
	return rc < 0 ? rc : go_on(e, w, &go, true);
}

int
write_hold_go(struct engine *e, struct write *w)
{
	return go_on(e, w, w->ask, true);
}

int
read_holds(struct reader *r, const struct caller *c unused_arg,
    const struct holds_ask *ask, union store_answer *answer, struct err *err)
{
	int n = 0, rc = sql_first(&r->q, SQL_hold_list, SQL_VALS(
	    vi(ask->kind), vs(ask->what), vi(ROWS_A_PAGE)), err);

	for (; rc > 0; n++) {
		msg_put(&r->rows, &hold_row_shape, &(struct hold_row){
		    sql_u32(&r->q, hold_list, kind),
		    sql_str(&r->q, hold_list, what),
		    sql_i64(&r->q, hold_list, since),
		    sql_str(&r->q, hold_list, who),
		    sql_str(&r->q, hold_list, reason),
		    sql_u32(&r->q, hold_list, state) });
		rc = sql_next(&r->q, SQL_hold_list, err);
	}
	answer->holds.more = n == ROWS_A_PAGE;
	answer->holds.rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}
