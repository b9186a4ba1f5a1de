#include "store/queue/queue_int.h"

/*
 * A report that relay composed: it goes to the sender of the message it is
 * about, and nowhere else, and what it was about is forgotten, in one commit.
 */

struct bounce {
	struct engine *e;
	struct write *w;
	const struct bounce_ask *ask;
	struct queued *q;	/* recipients that are still there */
	const struct leased **of;
	size_t n;
	uint64_t message;	/* the report itself */
};

static bool
goes_on(const struct leased *l)
{
	return l->outcome == OUTCOME_delayed || l->outcome == OUTCOME_late;
}

/* A delayed one still waits; others wait to be told of. */
static bool
still_so(const struct queued *q, const struct leased *l)
{
	return (q->state == ROW_reports) != goes_on(l);
}

static int
gather(struct bounce *b)
{
	const struct write *w = b->w;
	size_t i;
	int rc;

	b->q = arena_array(b->e->arena, w->nleased, sizeof(*b->q));
	b->of = arena_array(b->e->arena, w->nleased, sizeof(*b->of));
	for (i = 0; i < w->nleased; i++) {
		rc = queued_get(b->e, w->leased[i].message, w->leased[i].n,
		    &b->q[b->n], &b->w->err);
		if (rc < 0)
			return rc;
		if (rc > 0 && still_so(&b->q[b->n], &w->leased[i]))
			b->of[b->n++] = &w->leased[i];
	}
	return 0;
}

static int
send_to(struct bounce *b, struct str to)
{
	const struct bounce_ask *ask = b->ask;
	struct submit_ask submit = { .stage = ask->stage,
		.octets = ask->octets, .raw_size = ask->raw_size,
		.facts = ask->facts, .message_id = ask->message_id,
		.body_8bit = ask->body_8bit, .smtputf8 = ask->smtputf8,
		.priority = b->q[0].priority,	/* RFC 6710 4.6 */
		.protocol = STR("report") };

	/* RFC 8689 5 */
	if (b->q[0].require_tls == REQUIRE_TLS_yes)
		submit.require_tls = REQUIRE_TLS_yes;
	return submit_report(b->e, b->w, &submit, &to, 1, &b->message);
}

/* A report that finds nobody is for the postmaster, if the settings say so: of
 * the sender's domain, or the one all of us have. */
static int
send_to_postmaster(struct bounce *b)
{
	struct str from = b->q[0].reverse_path, domain;
	int rc;

	if (from.n) {
		domain = str_from(from, str_rchr(from, '@') + 1);
	} else {
		rc = sql_first(&b->e->w, SQL_domain_first, NULL, 0,
		    &b->w->err);
		if (rc <= 0)
			return rc < 0 ? rc : E_NOTFOUND;
		domain = str_dup(b->e->arena,
		    sql_str(&b->e->w, domain_first, name));
		sql_end(&b->e->w, SQL_domain_first);
	}
	return send_to(b, arena_printf(b->e->arena, "postmaster@%.*s",
	    STR_FMT(domain)));
}

/* 1: it is on its way; 0: there is nobody. */
static int
send_report(struct bounce *b)
{
	struct queue_settings o = engine_queue_settings(b->e);
	int rc = E_NOTFOUND;

	if (b->q[0].reverse_path.n)
		rc = send_to(b, b->q[0].reverse_path);
	if (rc == E_NOTFOUND && o.double_bounces)
		rc = send_to_postmaster(b);
	if (rc == E_NOTFOUND)
		return 0;
	return rc < 0 ? rc : 1;
}

static int
forget(struct bounce *b, size_t i, bool told)
{
	const struct queued *q = &b->q[i];
	const char *what = goes_on(b->of[i]) ? "delayed" :
	    b->of[i]->outcome == OUTCOME_failed ? "failed" : "succeeded";
	struct str text = told ? arena_printf(b->e->arena,
	    "%s; the report is %llu", what, (unsigned long long)b->message) :
	    STR("nobody has the sender's address");

	queued_journal(b->e, told ? JOURNAL_reported : JOURNAL_unreported, q,
	    0, text);
	if (goes_on(b->of[i]))
		return sql_run(&b->e->w, SQL_queue_rcpt_noticed, SQL_VALS(
		    vi(q->noticed | NOTICED_delay |
			(b->of[i]->outcome == OUTCOME_late ? NOTICED_by : 0)),
		    vi(q->message), vi(q->n)), &b->w->err);
	return queued_drop(b->e, q, &b->w->err);
}

static int
finish_bounce(struct bounce *b)
{
	size_t i;
	int rc = 0, sent = 0;

	if (b->n > 0)
		sent = send_report(b);
	if (sent < 0)
		return sent;
	for (i = 0; i < b->n && rc == 0; i++)
		rc = forget(b, i, sent > 0);
	if (rc == 0 && b->n > 0)
		rc = queued_finish(b->e, b->q[0].message, &b->w->err);
	return rc;
}

int
write_bounce(struct engine *e, struct write *w)
{
	struct bounce b = { .e = e, .w = w, .ask = w->ask };
	int rc;

	if (w->nleased == 0)
		return err_set(&w->err, E_NOTFOUND, "no such lease");
	rc = gather(&b);
	if (rc == 0)
		rc = finish_bounce(&b);
	if (rc < 0)
		return rc;
	w->answer.bounce.message = b.message;
	return 0;
}
