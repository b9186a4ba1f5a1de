#include "store/queue/queue_int.h"

/*
 * Looking at many rows, a slice at a time: at the start, for what has waited
 * too long, and for the operator.
 */

enum { WALK_ROWS = 500, LIST_OCTETS = 150000, LIST_US = 20000,
	LOOK_EVERY = 64 };

int
reader_queue_start(struct reader *r,
    void (*due)(void *arg, const struct queue_news *n), void *arg,
    struct err *err)
{
	enum sql_statement s = SQL_queue_start;
	struct queue_news n = { 0 };
	uint32_t state;
	int rc = sql_first(&r->q, s, NULL, 0, err);

	while (rc > 0) {
		state = sql_u32(&r->q, queue_start, state);
		n.domain = sql_str(&r->q, queue_start, domain);
		n.due = sql_i64(&r->q, queue_start, due);
		n.kind = news_of_state(state);
		if (state == ROW_waits || state == ROW_fresh)
			due(arg, &n);
		rc = sql_next(&r->q, s, err);
	}
	return rc;
}

int
reader_queue_again(struct reader *r, uint64_t message,
    void (*due)(void *arg, const struct queue_news *n), void *arg,
    struct err *err)
{
	enum sql_statement s = SQL_queue_of;
	int rc = sql_first(&r->q, s, SQL_VALS(vi(message)), err);

	for (; rc > 0; rc = sql_next(&r->q, s, err)) {
		uint32_t state = queue_u32(&r->q, s, state);

		if (state == ROW_waits || state == ROW_fresh)
			due(arg, &(struct queue_news){ news_of_state(state),
			    message, queue_i64(&r->q, s, next_due),
			    queue_str(&r->q, s, domain) });
	}
	return rc;
}

int
reader_queue_reports(struct reader *r, uint64_t after, uint64_t *message,
    size_t most, size_t *n, struct err *err)
{
	enum sql_statement s = SQL_queue_reports;
	int rc = sql_first(&r->q, s, SQL_VALS(vi(after), vi(most)), err);

	for (*n = 0; rc > 0; rc = sql_next(&r->q, s, err))
		message[(*n)++] = sql_u64(&r->q, queue_reports, message);
	return rc;
}

/* One that was let go later than it came, or held, may be too young: it is
 * found when everything is looked at again. */
static bool
walk_finds(const struct reader *r, enum queue_walk what, int64_t before,
    uint64_t message, uint32_t n)
{
	const struct sql *q = &r->q;
	uint32_t state = sql_u32(q, queue_walk, state);

	if ((state != ROW_waits && state != ROW_fresh) ||
	    queue_begins(sql_i64(q, queue_walk, at),
		sql_i64(q, queue_walk, released),
		sql_i64(q, queue_walk, stood)) > before)
		return false;
	if (what == WALK_expired && sql_i64(q, queue_walk, give_up) > 0)
		return false;	/* reader_queue_give_up() finds it */
	if (what == WALK_delayed &&
	    (sql_u32(q, queue_walk, noticed) & NOTICED_delay ||
	    !queue_may_tell(sql_str(q, queue_walk, reverse_path),
		sql_u32(q, queue_walk, notify), NOTIFY_delay, false)))
		return false;
	return !r->under_way.is ||
	    !r->under_way.is(r->under_way.arg, message, n);
}

static struct queue_waiting
waiting(struct reader *r)
{
	const struct sql *q = &r->q;

	return (struct queue_waiting){ sql_u64(q, queue_walk, message),
		sql_u32(q, queue_walk, rcpt), sql_u32(q, queue_walk, code),
		str_dup(r->arena, sql_str(q, queue_walk, status)),
		str_dup(r->arena, sql_str(q, queue_walk, text)),
		str_dup(r->arena, sql_str(q, queue_walk, host)) };
}

int
reader_queue_walk(struct reader *r, enum queue_walk what, int64_t before,
    uint64_t *message, uint32_t *n, int64_t *came,
    struct queue_waiting **found, size_t *nfound, struct err *err)
{
	enum sql_statement s = SQL_queue_walk;
	int rows = 0, rc = sql_first(&r->q, s, SQL_VALS(vi(*message),
	    vi(*n)), err);

	arena_reset(r->arena);
	*found = arena_array(r->arena, WALK_ROWS, sizeof(**found));
	*nfound = 0;
	*came = INT64_MAX;
	while (rc > 0 && rows++ < WALK_ROWS) {
		int64_t at = sql_i64(&r->q, queue_walk, at);

		if (at > before) {
			*came = at;
			sql_end(&r->q, s);
			return 0;
		}
		*message = sql_u64(&r->q, queue_walk, message);
		*n = sql_u32(&r->q, queue_walk, rcpt);
		if (walk_finds(r, what, before, *message, *n))
			(*found)[(*nfound)++] = waiting(r);
		rc = sql_next(&r->q, s, err);
	}
	if (rc > 0)
		sql_end(&r->q, s);
	return rc;
}

/* ---- what is to be there by some time ----------------------------------- */

static bool
by_finds(const struct reader *r, uint64_t message, uint32_t n)
{
	const struct sql *q = &r->q;
	uint32_t state = sql_u32(q, queue_by, state);

	if (state != ROW_waits && state != ROW_fresh)
		return false;
	if (sql_u32(q, queue_by, by_mode) & BY_notify &&
	    (sql_u32(q, queue_by, noticed) & NOTICED_by ||
	    !queue_may_tell(sql_str(q, queue_by, reverse_path),
		sql_u32(q, queue_by, notify), NOTIFY_delay, false)))
		return false;
	return !r->under_way.is ||
	    !r->under_way.is(r->under_way.arg, message, n);
}

static void
by_add(struct reader *r, struct queue_by_found *found, uint64_t message,
    uint32_t n)
{
	const struct sql *q = &r->q;

	if (!by_finds(r, message, n))
		return;
	if (sql_u32(q, queue_by, by_mode) & BY_notify) {
		if (found->nlate == 0 ||
		    found->late[found->nlate - 1] != message)
			found->late[found->nlate++] = message;
		return;
	}
	found->over[found->nover++] = (struct queue_waiting){ message, n,
		sql_u32(q, queue_by, code),
		str_dup(r->arena, sql_str(q, queue_by, status)),
		str_dup(r->arena, sql_str(q, queue_by, text)),
		str_dup(r->arena, sql_str(q, queue_by, host)) };
}

int
reader_queue_by(struct reader *r, int64_t now, struct queue_place *at,
    int64_t *next, struct queue_by_found *found, struct err *err)
{
	enum sql_statement s = SQL_queue_by;
	int rows = 0, rc = sql_first(&r->q, s, SQL_VALS(vi((uint64_t)at->due),
	    vi(at->message), vi(at->rcpt)), err);

	arena_reset(r->arena);
	*found = (struct queue_by_found){
		.late = arena_array(r->arena, WALK_ROWS, sizeof(uint64_t)),
		.over = arena_array(r->arena, WALK_ROWS,
		    sizeof(*found->over)) };
	*next = INT64_MAX;
	for (; rc > 0; rc = sql_next(&r->q, s, err)) {
		int64_t due = sql_i64(&r->q, queue_by, deliver_by);

		if (due > now || rows++ == WALK_ROWS) {
			*next = due;
			break;
		}
		*at = (struct queue_place){ due,
			sql_u64(&r->q, queue_by, message),
			sql_u32(&r->q, queue_by, rcpt) };
		by_add(r, found, at->message, at->rcpt);
	}
	if (rc > 0)
		sql_end(&r->q, s);
	return rc < 0 ? rc : 0;
}

int
reader_queue_rcpts(struct reader *r, uint64_t message, uint32_t *n,
    size_t most, size_t *count, struct err *err)
{
	enum sql_statement s = SQL_queue_of;
	int rc = sql_first(&r->q, s, SQL_VALS(vi(message)), err);

	for (*count = 0; rc > 0 && *count < most;
	    rc = sql_next(&r->q, s, err))
		n[(*count)++] = queue_u32(&r->q, s, rcpt);
	if (rc > 0)
		sql_end(&r->q, s);
	return rc < 0 ? rc : 0;
}

/* ---- what the operator wants to be given up at some time ----------------- */

int
reader_queue_give_up(struct reader *r, int64_t now, struct queue_place *at,
    int64_t *next, struct queue_waiting **found, size_t *nfound,
    struct err *err)
{
	enum sql_statement s = SQL_queue_give_up;
	struct sql *q = &r->q;
	int rows = 0, rc = sql_first(q, s, SQL_VALS(vi((uint64_t)at->due),
	    vi(at->message), vi(at->rcpt)), err);

	arena_reset(r->arena);
	*found = arena_array(r->arena, WALK_ROWS, sizeof(**found));
	*nfound = 0;
	*next = INT64_MAX;
	for (; rc > 0; rc = sql_next(q, s, err)) {
		uint32_t state = sql_u32(q, queue_give_up, state);
		int64_t due = sql_i64(q, queue_give_up, give_up);

		if (due > now || rows++ == WALK_ROWS) {
			*next = due;
			break;
		}
		*at = (struct queue_place){ due,
			sql_u64(q, queue_give_up, message),
			sql_u32(q, queue_give_up, rcpt) };
		if ((state != ROW_waits && state != ROW_fresh) ||
		    (r->under_way.is && r->under_way.is(r->under_way.arg,
			at->message, at->rcpt)))
			continue;
		(*found)[(*nfound)++] = (struct queue_waiting){ at->message,
			at->rcpt, sql_u32(q, queue_give_up, code),
			str_dup(r->arena, sql_str(q, queue_give_up, status)),
			str_dup(r->arena, sql_str(q, queue_give_up, text)),
			str_dup(r->arena, sql_str(q, queue_give_up, host)) };
	}
	if (rc > 0)
		sql_end(q, s);
	return rc < 0 ? rc : 0;
}

/* ---- for the operator -------------------------------------------------- */

static uint32_t
state_of(const struct reader *r, enum row_state state, uint64_t message,
    uint32_t n)
{
	if (r->under_way.is && r->under_way.is(r->under_way.arg, message, n))
		return QUEUE_under_way;
	if (state == ROW_held)
		return QUEUE_held;
	if (state == ROW_later)
		return QUEUE_later;
	return state == ROW_reports ? QUEUE_reports : QUEUE_waits;
}

/* Its destination was down, and is left alone for a while. */
static void
put_rest(const struct reader *r, struct queue_row *row)
{
	const struct under_way *u = &r->under_way;
	int64_t until = u->blocked ? u->blocked(u->plan, row->domain) : 0;

	until = (until + 999999) / 1000000;
	if (row->state != QUEUE_waits || until <= row->next)
		return;
	row->next = until;
	if (row->attempts == 0)
		row->text = STR("the destination could not be reached for "
			"earlier mail");
}

static void
list_row(struct reader *r)
{
	enum sql_statement s = SQL_queue_rows;
	struct sql *q = &r->q;
	struct queue_row row = { .message = queue_u64(q, s, message),
		.n = queue_u32(q, s, rcpt),
		.sender = queue_str(q, s, reverse_path),
		.rcpt = queue_str(q, s, address),
		.domain = queue_str(q, s, domain),
		.size = queue_u64(q, s, size),
		.queued = queue_i64(q, s, at),
		.next = queue_i64(q, s, next_due),
		.attempts = queue_u32(q, s, attempts),
		.last = queue_i64(q, s, last),
		.code = queue_u32(q, s, code),
		.status = queue_str(q, s, status),
		.text = queue_str(q, s, text),
		.host = queue_str(q, s, host),
		.require_tls = (uint8_t)queue_u32(q, s, require_tls),
		.priority = queue_i64(q, s, priority),
		.deliver_by = queue_i64(q, s, deliver_by),
		.by_mode = queue_u32(q, s, by_mode),
		.held = queue_u32(q, s, state) == ROW_held ?
		    queue_i64(q, s, held_at) : 0 };
	int64_t stood = queue_i64(q, s, stood);
	int64_t now = engine_now_us(r->e) / 1000000;

	if (queue_u32(q, s, state) == ROW_fresh)
		row.next = queue_begins(row.queued,
		    queue_i64(q, s, released), 0);
	row.state = state_of(r, queue_u32(q, s, state), row.message, row.n);
	put_rest(r, &row);
	/* As if it were let go now. */
	stood += row.held > 0 && row.held < now ? now - row.held : 0;
	row.expires = queue_i64(q, s, give_up);
	if (row.expires > 0 && row.held > 0)
		row.expires += stood - queue_i64(q, s, stood);
	if (row.expires == 0)
		row.expires = queue_begins(row.state == QUEUE_later ?
		    row.next : row.queued, queue_i64(q, s, released), stood) +
		    engine_queue_settings(r->e).expire_s;
	if (row.by_mode & BY_return && row.deliver_by < row.expires)
		row.expires = row.deliver_by;
	msg_put(&r->rows, &queue_row_shape, &row);
}

static bool
row_fits(struct reader *r, const struct queue_list_ask *ask)
{
	enum sql_statement s = SQL_queue_rows;
	struct sql *q = &r->q;

	return queue_fits(ask, queue_str(q, s, reverse_path),
	    queue_str(q, s, address), queue_str(q, s, domain),
	    queue_i64(q, s, at), queue_u32(q, s, state));
}

/* Enough for one answer: of octets, or of time. */
static bool
has_enough(struct reader *r, size_t looked, int64_t until)
{
	return r->rows.n > LIST_OCTETS || (looked % LOOK_EVERY == 0 &&
	    r->e->o.mono_us(r->e->o.arg) > until);
}

int
read_queue_list(struct reader *r, const struct caller *c,
    const struct queue_list_ask *ask, union store_answer *answer,
    struct err *err)
{
	enum sql_statement s = SQL_queue_rows;
	int64_t until = r->e->o.mono_us(r->e->o.arg) + LIST_US;
	uint64_t message;
	size_t looked = 0;
	uint32_t n;
	int rc;

	(void)c;
	if (!queue_cursor(ask->cursor, ask->message, &message, &n))
		return err_set(err, E_INVALID, "no such cursor");
	rc = sql_first(&r->q, s, SQL_VALS(vi(message), vi(n)), err);
	while (rc > 0) {
		message = queue_u64(&r->q, s, message);
		n = queue_u32(&r->q, s, rcpt);
		if (ask->message && message != ask->message)
			break;
		if (row_fits(r, ask))
			list_row(r);
		rc = sql_next(&r->q, s, err);
		if (rc > 0 && has_enough(r, ++looked, until)) {
			answer->queue_list.next = queue_cursor_of(r->arena,
			    message, n);
			break;
		}
	}
	if (rc > 0)
		sql_end(&r->q, s);
	answer->queue_list.rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}
