#include "base/timetext.h"
#include "base/crc32c.h"
#include "store/queue/queue_int.h"

/*
 * What relay tells of recipients it had under way. Each result ends in one of
 * three ways: the row goes, it waits for the next attempt, or it waits for
 * the sender to be told (ROW_reports).
 */

/* For each step of priority an eighteenth less, or more: RFC 6710 5.1 */
static uint64_t
by_priority(uint64_t s, int64_t priority)
{
	return s * (uint64_t)(2 * PRIORITY_MAX - priority) /
	    (2 * PRIORITY_MAX);
}

/* Up to a quarter more by chance: what failed together comes back apart, but
 * the recipients of one message stay together. */
static int64_t
delay_s(const struct queue_settings *o, const struct queued *q)
{
	uint32_t shift = q->attempts < 20 ? q->attempts : 20;
	uint64_t s = (uint64_t)o->retry_min_s << shift;
	uint64_t key[2] = { q->message, q->attempts };

	s = by_priority(s, q->priority);
	s = s < o->retry_max_s ? s : o->retry_max_s;
	return (int64_t)(s + crc32c(0, key, sizeof(key)) % (s / 4 + 1));
}

/* "4.2.2 the reply; host=mx.example.org[192.0.2.1] tls=TLSv1.3"; without a
 * host if none was asked, with "source=192.0.2.10" if one was chosen. */
static struct str
journal_text(struct engine *e, const struct queue_result *res,
    struct str more)
{
	struct str where = STR_NULL;

	if (res->host.n > 0)
		where = arena_printf(e->arena, "; host=%.*s[%.*s] tls=%.*s"
		    "%s%.*s", STR_FMT(res->host), STR_FMT(res->address),
		    STR_FMT(res->tls.n ? res->tls : STR("no")),
		    res->source.n > 0 ? " source=" : "",
		    STR_FMT(res->source));
	return arena_printf(e->arena, "%.*s%s%.*s%.*s%.*s",
	    STR_FMT(res->status), res->status.n ? " " : "",
	    STR_FMT(str_first(res->text, 500)), STR_FMT(where),
	    STR_FMT(more));
}

static int
tell_sender(struct engine *e, const struct queued *q,
    const struct queue_result *res, struct err *err)
{
	queued_news(e, QUEUE_NEWS_reports, q, e->now_s);
	return queued_keep(e, q, res, ROW_reports, e->now_s, err);
}

/* Also where NOTIFY asks for nothing, or the next server will tell more.
 *                                                    RFC 2852 4.1.4 */
static bool
by_wants_told(const struct engine *e, const struct queued *q,
    const struct queue_result *res)
{
	bool in_time = q->by_mode & BY_notify && e->now_s < q->deliver_by;

	return !(q->by_mode & BY_quiet) && q->reverse_path.n > 0 &&
	    !(q->notify & NOTIFY_never) &&
	    (q->by_mode & BY_trace || (in_time && !res->by));
}

static int
delivered(struct engine *e, struct queued *q, const struct queue_result *res,
    struct err *err)
{
	struct queue_result passed = *res;

	passed.outcome = OUTCOME_passed;
	queued_journal(e, JOURNAL_delivered, q, res->code,
	    journal_text(e, res, STR_NULL));
	if (res->outcome == OUTCOME_relayed &&
	    queue_may_tell(q->reverse_path, q->notify, NOTIFY_success, false))
		return tell_sender(e, q, res, err);
	if (by_wants_told(e, q, res))
		return tell_sender(e, q, &passed, err);
	return queued_drop(e, q, err);
}

static int
rcpt_failed(struct engine *e, struct queued *q, const struct queue_result *res,
    struct err *err)
{
	struct queue_settings o = engine_queue_settings(e);

	queued_journal(e, JOURNAL_failed, q, res->code,
	    journal_text(e, res, STR_NULL));
	if (queue_may_tell(q->reverse_path, q->notify, NOTIFY_failure,
	    o.double_bounces))
		return tell_sender(e, q, res, err);
	if (q->reverse_path.n == 0)
		queued_journal(e, JOURNAL_unreported, q, 0,
		    STR("it has no sender to be told"));
	return queued_drop(e, q, err);
}

/* RFC 3463 3.5: X.4.7; RFC 2852 4.1.3: 5.4.7. It is us who say so; what the
 * last server said is told as its own words. */
int
queued_expire(struct engine *e, struct queued *q,
    const struct queue_result *res, struct str why, struct err *err)
{
	struct queue_result end = *res;
	bool by = queue_by_is(q->by_mode, BY_return, q->deliver_by, e->now_s);

	end.outcome = OUTCOME_failed;
	end.status = by ? STR("5.4.7") : STR("4.4.7");
	end.code = 0;
	end.text = why.n > 0 ? why : by ?
	    STR("not delivered by the time that was asked for") :
	    STR("not delivered in time");
	if (res->code)
		end.text = arena_printf(e->arena, "%.*s; at last: %u %.*s%s"
		    "%.*s", STR_FMT(end.text), res->code,
		    STR_FMT(res->status), res->status.n ? " " : "",
		    STR_FMT(str_first(res->text, 900)));
	else if (res->text.n)
		end.text = arena_printf(e->arena, "%.*s; at last: %.*s",
		    STR_FMT(end.text), STR_FMT(str_first(res->text, 950)));
	return rcpt_failed(e, q, &end, err);
}

/* By what the operator says of it, or the settings. */
static bool
is_too_old(struct engine *e, const struct queued *q,
    const struct queue_settings *o)
{
	return q->give_up ? q->give_up <= e->now_s :
	    q->at <= engine_since(e, o->expire_s);
}

/* One that the operator held meanwhile stays held: its time stands still. */
static int
deferred(struct engine *e, struct queued *q, const struct queue_result *res,
    struct err *err)
{
	struct queue_settings o = engine_queue_settings(e);
	int64_t due = e->now_s + delay_s(&o, q);
	auto_buf more = BUF_INIT(64);

	q->attempts++;
	if (q->state != ROW_held && (is_too_old(e, q, &o) ||
	    queue_by_is(q->by_mode, BY_return, q->deliver_by, e->now_s)))
		return queued_expire(e, q, res, STR_NULL, err);
	if (queue_by_is(q->by_mode, BY_notify, q->deliver_by, e->now_s) &&
	    !(q->noticed & NOTICED_by))
		queued_news(e, QUEUE_NEWS_reports, q, e->now_s);
	buf_lit(&more, "; next attempt at ");
	time_rfc3339(&more, due);
	queued_journal(e, JOURNAL_deferred, q, res->code,
	    journal_text(e, res, buf_get(&more)));
	if (q->state == ROW_held)
		return queued_keep(e, q, res, ROW_held, due, err);
	queued_news(e, QUEUE_NEWS_waits, q, due);
	return queued_keep(e, q, res, ROW_waits, due, err);
}

static int
take_result(struct engine *e, const struct queue_result *res,
    const struct leased *l, struct err *err)
{
	struct queued q;
	int rc = queued_get(e, l->message, l->n, &q, err);

	if (rc <= 0 || q.state == ROW_reports)
		return rc < 0 ? rc : 0;
	if (res->outcome == OUTCOME_deferred)
		rc = deferred(e, &q, res, err);
	else if (res->outcome == OUTCOME_failed)
		rc = rcpt_failed(e, &q, res, err);
	else
		rc = delivered(e, &q, res, err);
	return rc < 0 ? rc : queued_finish(e, l->message, err);
}

/* All of them make sense, before any of them is done. */
static bool
makes_sense(struct str results, size_t n)
{
	struct rd r = rd_of(results);
	struct queue_result res;

	while (rd_left(&r) > 0) {
		if (!msg_take(&r, &queue_result_shape, &res) || n-- == 0 ||
		    res.outcome < OUTCOME_delivered ||
		    res.outcome > OUTCOME_failed)
			return false;
	}
	return rd_ok(&r) && n == 0;
}

int
write_report(struct engine *e, struct write *w)
{
	const struct report_ask *ask = w->ask;
	struct rd r = rd_of(ask->results);
	struct queue_result res;
	size_t i;
	int rc = 0;

	if (!makes_sense(ask->results, w->nleased))
		return err_set(&w->err, E_INVALID, "results make no sense");
	for (i = 0; i < w->nleased && rc == 0; i++) {
		(void)msg_take(&r, &queue_result_shape, &res);
		if (w->leased[i].message)
			rc = take_result(e, &res, &w->leased[i], &w->err);
	}
	return rc;
}
