#include "store/queue/hold.h"

/*
 * A message comes into the queue with the commit that takes it. Its
 * destination is the domain of each recipient, in lower case.
 */

enum { PRIORITY_STEP_S = 6 * 3600 };

static struct str
domain_of(struct engine *e, struct str address)
{
	return str_lower(e->arena, str_from(address,
	    str_rchr(address, '@') + 1));
}

/* Is the sender to hear that it is late, or was passed on? No door counts how
 * often, and it names what an alias here leads to. */
static bool
may_tell_of_time(const struct write *w, const struct submit_ask *ask)
{
	bool judged = w->caller->authority == AUTH_MX && ask->handed_by.n > 0;

	return !judged && recipients_may_tell(w->caller, ask);
}

int
queue_put(struct engine *e, const struct write *w, uint64_t account,
    const struct submit_ask *ask, struct str return_path, uint64_t message,
    struct err *err)
{
	struct envelope said;

	MSG_COPY(envelope, &said, ask);
	said.reverse_path = return_path;
	said.by_mode &= BY_notify | BY_return | BY_trace;
	if (said.by_mode && !may_tell_of_time(w, ask))
		said.by_mode |= BY_quiet;
	if (said.by_mode)
		batch_news(e, &(struct queue_news){ .kind = QUEUE_NEWS_by,
		    .message = message, .due = ask->deliver_by });
	return sql_run(&e->w, SQL_queue_add, SQL_VALS(
	    FIELDS_envelope(QUEUE_BIND, &said) vi(message),
	    vi(account),
	    vi(ask->raw_size + ask->front.n),
	    vi((uint64_t)e->now_s), vi(ask->body_8bit), vs(ask->signature),
	    vs(ask->signature_7bit)), err);
}

struct putting {
	enum row_state state;
	enum queue_outcome outcome;
	int64_t due, news_at, held_at;
	uint32_t noticed;
	struct str status, text;
};

static int
put_row(struct engine *e, uint64_t message, uint64_t n,
    const struct recipient *r, const struct putting *p, struct err *err)
{
	struct queue_news news = { p->state == ROW_reports ?
		QUEUE_NEWS_reports : QUEUE_NEWS_fresh, message, p->news_at,
		domain_of(e, r->address) };
	bool done = p->state == ROW_reports;

	if (p->state != ROW_later && p->state != ROW_held)
		batch_news(e, &news);
	return sql_run(&e->w, SQL_queue_rcpt_add, SQL_VALS(
	    FIELDS_addressee(QUEUE_BIND, r) vi(message),
	    vi(n), vs(news.domain), vi(p->state), vi((uint64_t)p->due),
	    vi(p->outcome), vi(0), vs(p->status), vs(p->text),
	    vs(STR_NULL), vi(done ? (uint64_t)e->now_s : 0), vi(p->noticed),
	    vi((uint64_t)p->held_at)),
	    err);
}

/* 1: the operator holds what comes from there, or goes there; told. */
static int
put_is_held(struct engine *e, uint64_t message, const struct recipient *r,
    struct err *err)
{
	struct str from;
	struct hold h;
	int rc = hold_any(e, err);

	if (rc > 0)
		rc = sql_first(&e->w, SQL_queue_get, SQL_VALS(vi(message)),
		    err);
	if (rc <= 0)
		return rc;
	from = str_dup(e->arena, sql_str(&e->w, queue_get, reverse_path));
	sql_end(&e->w, SQL_queue_get);
	rc = hold_of(e, from, r->address, domain_of(e, r->address), &h, err);
	if (rc > 0)
		batch_journal(e, &(struct journal_row){
		    .at_us = e->o.wall_us(e->o.arg), .event = JOURNAL_held,
		    .message = message, .from = from, .address = r->address,
		    .text = arena_printf(e->arena, "by %.*s",
			STR_FMT(hold_words(e->arena, &h))) });
	return rc;
}

/* What is above 0 stands in the order of its destination, and the destination
 * in that of all, as if it had come so much earlier for each step; so nothing
 * waits for ever. Less than 0 is as 0 at first (RFC 6710 5: rounded up). */
int64_t
queue_due(int64_t now, int64_t priority)
{
	return now - (priority > 0 ? priority : 0) * PRIORITY_STEP_S;
}

int
queue_put_rcpt(struct engine *e, uint64_t message, uint64_t n,
    const struct recipient *r, const struct submit_ask *ask, struct err *err)
{
	int64_t due = queue_due(e->now_s, ask->priority);
	bool held = ask->hold_for || ask->hold_until;
	/* RFC 2852 4: it came with what is left, so who had it when that was
	 * over has told the sender. */
	bool late = !held && queue_by_is(ask->by_mode, BY_notify,
	    ask->deliver_by, e->now_s);
	int rc = put_is_held(e, message, r, err);

	if (rc < 0)
		return rc;

	return put_row(e, message, n, r, &(struct putting){
	    .state = rc > 0 ? ROW_held : ROW_fresh, .due = due,
	    .news_at = due, .held_at = rc > 0 ? e->now_s : 0,
	    .noticed = late ? NOTICED_by : 0 }, err);
}

int
queue_put_later(struct engine *e, uint64_t message, uint64_t n,
    const struct recipient *r, int64_t due, struct err *err)
{
	return put_row(e, message, n, r, &(struct putting){
	    .state = ROW_later, .due = due }, err);
}

int
queue_put_outcome(struct engine *e, uint64_t message, uint64_t n,
    const struct recipient *r, enum queue_outcome outcome, bool others,
    struct err *err)
{
	return put_row(e, message, n, r, &(struct putting){
	    .state = ROW_reports, .outcome = outcome, .due = e->now_s,
	    .news_at = others ? e->now_s + 30 : e->now_s,
	    .status = STR("2.0.0"), .text = outcome == OUTCOME_local ?
		STR("delivered to the mailbox") :
		STR("sent on to other addresses") }, err);
}

int
queue_put_failed(struct engine *e, uint64_t message, uint64_t n,
    const struct recipient *r, struct str status, struct str text,
    struct err *err)
{
	return put_row(e, message, n, r, &(struct putting){
	    .state = ROW_reports, .outcome = OUTCOME_failed, .due = e->now_s,
	    .news_at = e->now_s, .status = status, .text = text }, err);
}

bool
queue_wants_success(const struct caller *c, const struct submit_ask *ask,
    const struct recipient *r)
{
	return recipients_may_tell(c, ask) && queue_may_tell(
	    ask->reverse_path, r->notify, NOTIFY_success, false);
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
