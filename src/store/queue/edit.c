/*
 * edit.c - the operator changes one message that waits: where it goes, from
 * whom it is, when it is given up. Its text is what its sender, or we, signed;
 * nobody changes that.
 *
 * Its recipients are in store's own hands meanwhile, as if relay had them
 * (dispatch_of_edit()): so none of them is tried as it was while this commits.
 * Everything is looked at before anything is written.
 */
#include "store/directory/resolve.h"
#include "store/queue/hold.h"

#include "base/timetext.h"

enum { GIVE_UP_MAX_S = 315360000 };	/* ten years */

struct editing {
	struct engine *e;
	struct write *w;
	const struct queue_edit_ask *ask;
	struct str domain;	/* of ask->to */
	struct queued *q;	/* those that wait, or are held */
	size_t n;
	bool utf8;		/* MAIL said SMTPUTF8 */
};

/* ---- is it to be had? ---------------------------------------------------- */

/* What leaves later is its sender's; what has an outcome is over. */
static int
read_waiting(struct engine *e, struct write *w, uint64_t message,
    struct queued **out, size_t *n)
{
	bool later = false, over = false;
	struct queued *all = arena_array(e->arena, w->nleased + 1,
	    sizeof(*all));
	int rc;

	*n = 0;
	for (size_t i = 0; i < w->nleased; i++) {
		rc = queued_get(e, message, w->leased[i].n, &all[*n],
		    &w->err);
		if (rc < 0)
			return rc;
		if (rc == 0)
			continue;
		later |= all[*n].state == ROW_later;
		over |= all[*n].state == ROW_reports;
		*n += all[*n].state != ROW_later &&
		    all[*n].state != ROW_reports;
	}
	*out = all;
	if (*n > 0)
		return 0;
	return later ? err_set(&w->err, E_DENIED, "it leaves later, as its "
	    "sender wants: let it go first (postern queue release)") :
	    over ? err_set(&w->err, E_NOTFOUND, "all of it is done: its "
	    "sender is about to hear of it") :
	    err_set(&w->err, E_NOTFOUND, "there is no such message in the "
	    "queue");
}

static struct queued *
find_rcpt(struct editing *x, struct str address)
{
	for (size_t i = 0; i < x->n; i++)
		if (str_eqi(x->q[i].address, address))
			return &x->q[i];
	return NULL;
}

/* Nothing in the queue is for somebody here: relay would bring it back. */
static int
check_to(struct editing *x)
{
	const struct queue_edit_ask *ask = x->ask;
	struct err *err = &x->w->err;
	struct resolved who;
	struct str local;
	int rc;

	if (!address_is_plain(ask->to) || !address_key(ask->to,
	    x->e->arena, &x->domain, &local))
		return err_set(err, E_INVALID, "\"%.*s\" is no address",
		    STR_FMT(ask->to));
	if (find_rcpt(x, ask->to))
		return err_set(err, E_INVALID, "%.*s is a recipient of it "
		    "already", STR_FMT(ask->to));
	if (!x->utf8 && !str_is_ascii(ask->to))
		return err_set(err, E_INVALID, "it came without SMTPUTF8, and "
		    "cannot go to %.*s", STR_FMT(ask->to));
	rc = resolve_address(&x->e->w, x->e->arena, ask->to, &who, err);
	if (rc < 0)
		return rc;
	if (resolve_is_theirs(&who) && who.kind != ADDRESS_NO_MAIL)
		return 0;
	return err_set(err, E_DENIED, "%.*s is of this server: nothing here "
	    "waits for other servers to have it", STR_FMT(ask->to));
}

static int
check_edit(struct editing *x)
{
	const struct queue_edit_ask *ask = x->ask;
	struct err *err = &x->w->err;

	if (ask->what == 0 || ask->what >= 2 * EDIT_give_up)
		return err_set(err, E_INVALID, "nothing to change");
	if (ask->what & EDIT_sender && (!address_is_safe(ask->sender) ||
	    (ask->sender.n > 0 && !address_is_plain(ask->sender))))
		return err_set(err, E_INVALID, "\"%.*s\" is no address",
		    STR_FMT(ask->sender));
	if (ask->what & EDIT_sender && !x->utf8 && !str_is_ascii(ask->sender))
		return err_set(err, E_INVALID, "it came without SMTPUTF8, and "
		    "cannot be from %.*s", STR_FMT(ask->sender));
	if (ask->what & EDIT_priority && (ask->priority > PRIORITY_MAX ||
	    ask->priority < -PRIORITY_MAX))
		return err_set(err, E_INVALID, "a priority is -%d to %d",
		    PRIORITY_MAX, PRIORITY_MAX);
	if (ask->what & EDIT_give_up && ask->give_up <= x->e->now_s)
		return err_set(err, E_INVALID, "that time is over");
	if (ask->what & EDIT_give_up &&
	    ask->give_up - x->e->now_s > GIVE_UP_MAX_S)
		return err_set(err, E_INVALID, "nothing waits for more than "
		    "ten years");
	if (!(ask->what & EDIT_rcpt))
		return 0;
	if (!find_rcpt(x, ask->rcpt))
		return err_set(err, E_NOTFOUND, "%.*s is no recipient of it "
		    "that waits", STR_FMT(ask->rcpt));
	return ask->to.n > 0 ? check_to(x) : 0;
}

/* ---- what is done -------------------------------------------------------- */

static void
journal_edit(struct editing *x, const struct queued *q, struct str what)
{
	queued_journal(x->e, JOURNAL_edited, q, 0, arena_printf(x->e->arena,
	    "%.*s%s%.*s", STR_FMT(what), x->ask->who.n ? ", by " : "",
	    STR_FMT(x->ask->who)));
}

/* Does a hold mean it as it is now? What is held by hand stays so. Who looked
 * for what is due meanwhile passed it by: at 0 the look begins anew. */
static int
hold_or_not(struct editing *x, struct queued *q)
{
	struct hold h;
	int rc = q->by_hand ? 0 : hold_of(x->e, q->reverse_path, q->address,
	    q->domain, &h, &x->w->err);

	if (rc < 0)
		return rc;
	if (rc > 0 && q->state != ROW_held)
		rc = hold_row(x->e, q, false, arena_printf(x->e->arena,
		    "by %.*s", STR_FMT(hold_words(x->e->arena, &h))),
		    &x->w->err);
	else if (rc == 0 && q->state == ROW_held && !q->by_hand)
		return hold_let_go(x->e, q, STR("no hold means it now"),
		    &x->w->err);
	else if (rc == 0 && q->state != ROW_held)
		queued_news(x->e, news_of_state(q->state), q, 0);
	x->w->answer.queue_edit.held += rc > 0 || q->by_hand;
	return rc < 0 ? rc : 0;
}

/* The sender hears of the address that he wrote: RFC 3461 4.2. */
static struct str
original_of(struct editing *x, const struct queued *q)
{
	static const char hex[] = "0123456789ABCDEF";
	auto_buf b = BUF_INIT(500);

	if (q->orcpt.n > 0 || !str_is_ascii(q->address))
		return q->orcpt;
	buf_lit(&b, "rfc822;");
	for (size_t i = 0; i < q->address.n; i++) {
		char c = q->address.p[i];

		if (c != '+' && c != '=' && c > ' ' && c < 0x7f) {
			buf_chr(&b, c);
			continue;
		}
		buf_chr(&b, '+');
		buf_chr(&b, hex[(unsigned char)c >> 4]);
		buf_chr(&b, hex[c & 15]);
	}
	return buf_failed(&b) ? STR_NULL : str_dup(x->e->arena, buf_get(&b));
}

/* As if it had come for that address, and was never tried: also what RRVS said
 * was of another. */
static int
edit_rcpt(struct editing *x)
{
	struct queued *q = find_rcpt(x, x->ask->rcpt);
	struct engine *e = x->e;
	struct str orcpt = original_of(x, q), was = q->address;
	int rc;

	if (x->ask->to.n == 0) {
		journal_edit(x, q, STR("is no recipient of it any more"));
		rc = queued_drop(e, q, &x->w->err);
		*q = x->q[--x->n];
		return rc;
	}
	q->address = x->ask->to;
	q->domain = x->domain;
	q->attempts = 0;
	q->state = q->state == ROW_held ? ROW_held : ROW_fresh;
	journal_edit(x, q, arena_printf(e->arena, "instead of %.*s",
	    STR_FMT(was)));
	queued_news(e, QUEUE_NEWS_unblock, q, e->now_s);
	return sql_run(&e->w, SQL_queue_rcpt_address, SQL_VALS(
	    vs(q->address), vs(q->domain), vs(orcpt), vi(q->state),
	    vi((uint64_t)e->now_s), vi((uint64_t)q->held_at), vi(q->message),
	    vi(q->n)), &x->w->err);
}

static int
edit_sender(struct editing *x)
{
	struct str was = x->q[0].reverse_path;

	for (size_t i = 0; i < x->n; i++)
		x->q[i].reverse_path = x->ask->sender;
	journal_edit(x, &x->q[0], arena_printf(x->e->arena,
	    "from <%.*s> instead of <%.*s>", STR_FMT(x->ask->sender),
	    STR_FMT(was)));
	return sql_run(&x->e->w, SQL_queue_sender, SQL_VALS(
	    vs(x->ask->sender), vi(x->ask->message)), &x->w->err);
}

/* Where it stands in the order of its destination, if it was not tried. */
static int
edit_priority(struct editing *x)
{
	struct engine *e = x->e;
	int rc = sql_run(&e->w, SQL_queue_priority, SQL_VALS(
	    vi((uint64_t)x->ask->priority), vi(x->ask->message)),
	    &x->w->err);

	journal_edit(x, &x->q[0], arena_printf(e->arena,
	    "priority %d instead of %d", (int)x->ask->priority,
	    (int)x->q[0].priority));
	for (size_t i = 0; i < x->n && rc == 0; i++)
		if (x->q[i].state == ROW_fresh)
			rc = sql_run(&e->w, SQL_queue_rcpt_move, SQL_VALS(
			    vi(ROW_fresh), vi((uint64_t)queue_due(e->now_s,
				x->ask->priority)), vi(x->q[i].message),
			    vi(x->q[i].n)), &x->w->err);
	return rc;
}

/* What is held may be here for as much longer as it was: that is added when it
 * is let go (hold_let_go()). */
static int
edit_give_up(struct editing *x)
{
	auto_buf at = BUF_INIT(80);
	int rc = 0;

	buf_lit(&at, "given up at ");
	time_rfc3339(&at, x->ask->give_up);
	journal_edit(x, &x->q[0], buf_get(&at));
	queued_news(x->e, QUEUE_NEWS_by, &x->q[0], x->ask->give_up);
	for (size_t i = 0; i < x->n && rc == 0; i++) {
		x->q[i].give_up = x->ask->give_up -
		    hold_lasts(x->e, &x->q[i]);
		rc = sql_run(&x->e->w, SQL_queue_rcpt_give_up, SQL_VALS(
		    vi((uint64_t)x->q[i].give_up), vi(x->q[i].message),
		    vi(x->q[i].n)), &x->w->err);
	}
	return rc;
}

static int
do_edit(struct editing *x)
{
	uint32_t what = x->ask->what;
	int rc = 0;

	x->w->answer.queue_edit.changed = what == EDIT_rcpt ? 1 :
	    (uint32_t)x->n;
	if (what & EDIT_rcpt)
		rc = edit_rcpt(x);
	if (rc == 0 && what & EDIT_sender && x->n > 0)
		rc = edit_sender(x);
	if (rc == 0 && what & EDIT_priority && x->n > 0)
		rc = edit_priority(x);
	if (rc == 0 && what & EDIT_give_up && x->n > 0)
		rc = edit_give_up(x);
	for (size_t i = 0; i < x->n && rc == 0; i++)
		rc = hold_or_not(x, &x->q[i]);
	return rc < 0 ? rc : queued_finish(x->e, x->ask->message, &x->w->err);
}

int
write_queue_edit(struct engine *e, struct write *w)
{
	const struct queue_edit_ask *ask = w->ask;
	struct editing *x = arena_new_of(e->arena, struct editing);
	int rc;

	*x = (struct editing){ .e = e, .w = w, .ask = ask };
	rc = read_waiting(e, w, ask->message, &x->q, &x->n);
	if (rc == 0) {
		x->utf8 = x->q[0].smtputf8;
		rc = check_edit(x);
	}
	if (rc < 0)
		return rc;
	rc = do_edit(x);
	e->half_written |= rc < 0;
	return rc;
}

/* ---- given up ------------------------------------------------------------ */

static int
expire_one(struct engine *e, struct queued *q, const struct str who,
    struct err *err)
{
	const struct queue_result last = { .outcome = OUTCOME_failed,
		.code = q->code, .status = q->status, .text = q->text,
		.host = q->host };
	int rc;

	queued_journal(e, JOURNAL_expired, q, 0, who.n == 0 ? STR_NULL :
	    arena_printf(e->arena, "by %.*s", STR_FMT(who)));
	rc = queued_expire(e, q, &last,
	    STR("given up by the postmaster of this server"), err);
	return rc < 0 ? rc : queued_finish(e, q->message, err);
}

int
write_queue_expire(struct engine *e, struct write *w)
{
	const struct queue_expire_ask *ask = w->ask;
	struct queued *q;
	size_t n;
	int rc = read_waiting(e, w, ask->message, &q, &n);

	if (rc < 0)
		return rc;
	w->answer.queue_expire.changed = (uint32_t)n;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = expire_one(e, &q[i], ask->who, &w->err);
	e->half_written |= rc < 0;
	return rc;
}
