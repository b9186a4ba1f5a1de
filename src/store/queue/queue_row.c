/*
 * queue_row.c - one recipient of the queue, for the writer: read, kept, gone.
 */
#include "store/queue/queue_int.h"

int
queued_get(struct engine *e, uint64_t message, uint32_t n, struct queued *q,
    struct err *err)
{
	enum sql_statement s = SQL_queue_rcpt_get;
	int rc = sql_first(&e->w, s, SQL_VALS(vi(message), vi(n)), err);

	if (rc <= 0)
		return rc;
	*q = (struct queued){ .message = message, .n = n,
		.address = str_dup(e->arena,
		    sql_str(&e->w, queue_rcpt_get, address)),
		.domain = str_dup(e->arena,
		    sql_str(&e->w, queue_rcpt_get, domain)),
		.state = sql_u32(&e->w, queue_rcpt_get, state),
		.attempts = sql_u32(&e->w, queue_rcpt_get, attempts),
		.notify = sql_u32(&e->w, queue_rcpt_get, notify),
		.at = queue_begins(sql_i64(&e->w, queue_rcpt_get, at),
		    sql_i64(&e->w, queue_rcpt_get, released),
		    sql_i64(&e->w, queue_rcpt_get, stood)),
		.held_at = sql_i64(&e->w, queue_rcpt_get, held_at),
		.by_hand = !!sql_u32(&e->w, queue_rcpt_get, by_hand),
		.stood = sql_i64(&e->w, queue_rcpt_get, stood),
		.give_up = sql_i64(&e->w, queue_rcpt_get, give_up),
		.smtputf8 = !!sql_u32(&e->w, queue_rcpt_get, smtputf8),
		.orcpt = str_dup(e->arena,
		    sql_str(&e->w, queue_rcpt_get, orcpt)),
		.code = sql_u32(&e->w, queue_rcpt_get, code),
		.status = str_dup(e->arena,
		    sql_str(&e->w, queue_rcpt_get, status)),
		.text = str_dup(e->arena,
		    sql_str(&e->w, queue_rcpt_get, text)),
		.host = str_dup(e->arena,
		    sql_str(&e->w, queue_rcpt_get, host)),
		.require_tls = (uint8_t)sql_u32(&e->w, queue_rcpt_get,
		    require_tls),
		.priority = sql_i64(&e->w, queue_rcpt_get, priority),
		.deliver_by = sql_i64(&e->w, queue_rcpt_get, deliver_by),
		.by_mode = sql_u32(&e->w, queue_rcpt_get, by_mode),
		.noticed = sql_u32(&e->w, queue_rcpt_get, noticed),
		.reverse_path = str_dup(e->arena,
		    sql_str(&e->w, queue_rcpt_get, reverse_path)) };
	sql_end(&e->w, s);
	return 1;
}

int
queued_drop(struct engine *e, const struct queued *q, struct err *err)
{
	return sql_run(&e->w, SQL_queue_rcpt_del, SQL_VALS(vi(q->message),
	    vi(q->n)), err);
}

int
queued_keep(struct engine *e, const struct queued *q,
    const struct queue_result *res, enum row_state state, int64_t next_due,
    struct err *err)
{
	return sql_run(&e->w, SQL_queue_rcpt_put, SQL_VALS(vi(state),
	    vi((uint64_t)next_due), vi(q->attempts), vi(res->outcome),
	    vi(res->code), vs(res->status), vs(res->text), vs(res->host),
	    vi((uint64_t)e->now_s), vi(q->message), vi(q->n)), err);
}

/* Its octets go when the cleaner comes, which knows what may be removed from
 * a pack; until then the row in garbage is what names them. */
int
queued_finish(struct engine *e, uint64_t message, struct err *err)
{
	int rc = sql_first(&e->w, SQL_queue_left, SQL_VALS(vi(message)), err);

	if (rc > 0)
		sql_end(&e->w, SQL_queue_left);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = sql_change(&e->w, SQL_queue_del, SQL_VALS(vi(message)), err);
	if (rc <= 0)
		return rc;
	rc = later_end(e, message, LATER_cancelled, err);
	return rc < 0 ? rc : sql_run(&e->w, SQL_garbage_add, SQL_VALS(
	    vi((uint64_t)e->now_s), vi(GARBAGE_QUEUED), vi(message)), err);
}

void
queued_journal(struct engine *e, enum journal_event event,
    const struct queued *q, uint32_t code, struct str text)
{
	batch_journal(e, &(struct journal_row){
	    .at_us = e->o.wall_us(e->o.arg), .event = event,
	    .message = q->message, .from = q->reverse_path,
	    .address = q->address, .code = code,
	    .text = str_first(text, 1000) });
}

void
queued_news(struct engine *e, enum queue_news_kind kind,
    const struct queued *q, int64_t due)
{
	batch_news(e, &(struct queue_news){ kind, q->message, due,
	    q->domain });
}

enum queue_news_kind
news_of_state(enum row_state state)
{
	return state == ROW_fresh ? QUEUE_NEWS_fresh : QUEUE_NEWS_waits;
}
