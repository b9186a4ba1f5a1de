#include "store/queue/queue_int.h"

/*
 * A message comes into the queue with the commit that takes it. Its
 * destination is the domain of each recipient, in lower case.
 */

static struct str
domain_of(struct engine *e, struct str address)
{
	return str_lower(e->arena, str_from(address,
	    str_rchr(address, '@') + 1));
}

int
queue_put(struct engine *e, const struct write *w,
    const struct submit_ask *ask, struct str return_path, uint64_t message,
    struct err *err)
{
	struct envelope said;

	MSG_COPY(envelope, &said, ask);
	said.reverse_path = return_path;
	return sql_run(&e->w, SQL_queue_add, SQL_VALS(
	    FIELDS_envelope(QUEUE_BIND, &said) vi(message),
	    vi(w->caller->account),
	    vi(ask->raw_size + ask->front.n),
	    vi((uint64_t)e->now_s), vi(ask->body_8bit), vs(ask->signature)),
	    err);
}

static int
put_row(struct engine *e, uint64_t message, uint64_t n,
    const struct recipient *r, enum row_state state,
    enum queue_outcome outcome, struct str text, int64_t news_at,
    struct err *err)
{
	struct queue_news news = { state == ROW_reports ? QUEUE_NEWS_reports
		: QUEUE_NEWS_fresh, message, news_at,
		domain_of(e, r->address) };
	uint64_t done = state == ROW_reports;

	batch_news(e, &news);
	return sql_run(&e->w, SQL_queue_rcpt_add, SQL_VALS(
	    FIELDS_addressee(QUEUE_BIND, r) vi(message),
	    vi(n), vs(news.domain), vi(state), vi((uint64_t)e->now_s),
	    vi(outcome),
	    vi(0), vs(done ? STR("2.0.0") : STR_NULL), vs(text),
	    vs(STR_NULL), vi(done ? (uint64_t)e->now_s : 0)), err);
}

int
queue_put_rcpt(struct engine *e, uint64_t message, uint64_t n,
    const struct recipient *r, struct err *err)
{
	return put_row(e, message, n, r, ROW_fresh, 0, STR_NULL, e->now_s,
	    err);
}

int
queue_put_outcome(struct engine *e, uint64_t message, uint64_t n,
    const struct recipient *r, enum queue_outcome outcome, bool others,
    struct err *err)
{
	return put_row(e, message, n, r, ROW_reports, outcome,
	    outcome == OUTCOME_local ? STR("delivered to the mailbox")
				     : STR("sent on to other addresses"),
	    others ? e->now_s + 30 : e->now_s, err);
}

/* Strangers are not told: with a forged sender they would have us write to
 * that address, and learn whose addresses are whose. mx does not offer it. */
bool
queue_wants_success(const struct caller *c, const struct submit_ask *ask,
    const struct recipient *r)
{
	return (c->authority & (AUTH_ACCOUNT | AUTH_LOCAL)) &&
	    queue_may_tell(ask->reverse_path, r->notify, NOTIFY_success,
	    false);
}

bool
queue_may_tell(struct str reverse_path, uint32_t notify, uint32_t bit,
    bool double_bounces)
{
	if (reverse_path.n == 0)
		return double_bounces && bit == NOTIFY_failure;
	if (notify == 0)
		return bit != NOTIFY_success;
	return !(notify & NOTIFY_never) && (notify & bit);
}
