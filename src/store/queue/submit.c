#include "store/queue/held.h"
#include "base/timetext.h"
#include "store/directory/resolve.h"
#include "store/engine/filter.h"

int
submit_check_sender(struct submitting *s)
{
	struct str from = s->ask->reverse_path;
	struct write *w = s->w;

	if (!address_is_safe(from))
		return err_set(&w->err, E_INVALID, "unusable reverse-path");
	if (!(w->caller->authority & AUTH_NAMES_SENDER) ||
	    s->e->o.divert.n > 0)
		return 0;
	return resolve_sender(&s->e->w, s->e->arena, w->caller, from,
	    &w->err);
}

/* A program of this machine is who the kernel says, not who it says. */
static struct str
peer_of(struct submitting *s)
{
	if (s->w->caller->authority != AUTH_LOCAL)
		return s->ask->peer;
	return arena_printf(s->e->arena, "local uid %u",
	    s->w->caller->worker);
}

void
submit_journal(struct submitting *s, enum journal_event event,
    struct str address, struct str text)
{
	const struct submit_ask *ask = s->ask;
	struct journal_row row = { .at_us = s->e->o.wall_us(s->e->o.arg),
		.event = event, .message = s->at.blob,
		.session = ask->session, .peer = peer_of(s),
		.from = ask->reverse_path, .address = address, .code = 250,
		.text = text };

	if (event == JOURNAL_received)
		row.text = arena_printf(s->e->arena, "size=%llu protocol=%.*s "
		    "helo=%.*s tls=%.*s%s%.*s id=%.*s",
		    (unsigned long long)ask->raw_size,
		    STR_FMT(ask->protocol), STR_FMT(str_first(ask->helo, 100)),
		    STR_FMT(ask->tls), ask->verdict.n ? " verdict: " : "",
		    STR_FMT(ask->verdict),
		    STR_FMT(str_first(ask->message_id, 150)));
	batch_journal(s->e, &row);
}

/* An alias led there; what became of it there is in the next row. */
static void
journal_forwarded(struct submitting *s, const struct recipient *r)
{
	const struct submit_ask *ask = s->ask;
	struct journal_row row = { .at_us = s->e->o.wall_us(s->e->o.arg),
		.event = JOURNAL_forwarded, .message = s->at.blob,
		.session = ask->session, .from = ask->reverse_path,
		.address = r->address, .code = 250,
		.text = arena_printf(s->e->arena, "by=%.*s",
		    STR_FMT(r->via)) };

	if (r->via.n)
		batch_journal(s->e, &row);
}

/* What stands in front of the message in this mailbox: RFC 5321 4.4. The
 * alias was the first address it was delivered to. RFC 9228 4 */
static struct str
prefix(struct submitting *s, const struct recipient *r)
{
	return arena_printf(s->e->arena, "Return-Path: <%.*s>\r\n"
	    "Delivered-To: %.*s\r\n%s%.*s%s",
	    STR_FMT(s->ask->reverse_path), STR_FMT(r->address),
	    r->via.n ? "Delivered-To: " : "", STR_FMT(r->via),
	    r->via.n ? "\r\n" : "");
}

/* Of whom one recipient knows, who may be anybody that was ever answered: once,
 * however many it is for, and of every one so much a day. */
static void
hear(struct submitting *s)
{
	const struct submit_ask *ask = s->ask;
	bool may = s->to.nlocal > 0;

	if (s->w->caller->authority != AUTH_MX || ask->lesson != LESSON_good)
		return;
	for (size_t i = 0; i < s->to.n; i++)
		if (s->to.rcpt[i]->account)
			may &= filter_may_hear(s->e, s->to.rcpt[i]->account);
	if (may)
		filter_learn(s->e, FILTER_EVERYBODY, ask->traits, false);
}

static int
put_apart(struct submitting *s, const struct recipient *r,
    const struct placing *d)
{
	auto_buf until = BUF_INIT(64);

	buf_lit(&until, "apart until ");
	time_rfc3339(&until, s->e->now_s + held_age_s(s->e));
	submit_journal(s, JOURNAL_held, r->address, buf_get(&until));
	return held_put(s->e, s->ask, r->address, d, &s->w->err);
}

static int
put_local(struct submitting *s, const struct recipient *r,
    const struct fate *f)
{
	struct placing d = { .blob = s->at.blob, .received = s->e->now_s,
		.front = s->at.front, .prefix = prefix(s, r),
		.thread_keys = s->ask->thread_keys };
	bool junk = f->place == FATE_junk;
	uint32_t uid;
	int rc;

	if (f->place == FATE_read) {
		submit_journal(s, JOURNAL_stored, r->address, STR("as a "
		    "report, for `postern reports received`"));
		return 0;
	}
	rc = acct_get(s->e, r->account, &d.acct, &s->w->err);

	d.size = d.prefix.n + d.front + s->ask->raw_size;
	if (rc == 0 && f->place == FATE_held)
		return put_apart(s, r, &d);
	if (rc == 0 && junk)
		rc = mbox_special(s->e, r->account, SPECIAL_junk, &d.mbox,
		    &s->w->err);
	if ((rc == 0 && !d.mbox) || rc == E_NOTFOUND)
		rc = acct_inbox(s->e, d.acct, &d.mbox, &s->w->err);
	if (rc < 0)
		return rc;
	submit_journal(s, JOURNAL_stored, r->address,
	    d.mbox == d.acct->inbox ? STR_NULL : f->why);
	rc = deliver(s->e, &d, &uid, &s->w->err);
	return rc < 0 || junk ? rc : vacation_answer(s, r);
}

/* What is held was not delivered; and no report answers a report. */
static bool
is_told(const struct submitting *s, size_t n)
{
	enum fate_place place = submit_fate(s, n).place;

	return queue_wants_success(s->w->caller, s->ask, s->to.rcpt[n]) &&
	    place != FATE_held && place != FATE_read;
}

/* A local recipient whose sender wants to hear of it is in the queue too, for
 * the report.                                           RFC 3461 5.2.3 */
static int
put_one(struct submitting *s, const struct recipient *r, size_t n)
{
	struct err *err = &s->w->err;
	struct fate fate = submit_fate(s, n);
	int rc;

	journal_forwarded(s, r);
	if (r->account == 0) {
		submit_journal(s, JOURNAL_queued, r->address, STR_NULL);
		return queue_put_rcpt(s->e, s->at.blob, n, r, s->ask, err);
	}
	rc = put_local(s, r, &fate);
	if (rc < 0 || !is_told(s, n))
		return rc;
	return queue_put_outcome(s->e, s->at.blob, n, r, OUTCOME_local,
	    s->to.nremote > 0, err);
}

/* The others that are in the queue only to be reported. */
static size_t
count_told(const struct submitting *s)
{
	size_t n = 0, i;

	for (i = 0; i < s->to.n; i++)
		n += s->to.rcpt[i]->account && is_told(s, i);
	for (i = 0; i < s->to.nexpanded; i++)
		n += queue_wants_success(s->w->caller, s->ask,
		    s->to.expanded[i]);
	return n;
}

/* RFC 3461 5.2.7.3 d */
static int
put_expanded(struct submitting *s)
{
	const struct recipient *r;
	size_t i;
	int rc = 0;

	for (i = 0; i < s->to.nexpanded && rc == 0; i++) {
		r = s->to.expanded[i];
		if (queue_wants_success(s->w->caller, s->ask, r))
			rc = queue_put_outcome(s->e, s->at.blob, s->to.n + i,
			    r, OUTCOME_expanded, s->to.nremote > 0,
			    &s->w->err);
	}
	return rc;
}

int
submit_put_rows(struct submitting *s)
{
	int rc = 0;

	for (size_t i = 0; i < s->to.n && rc == 0; i++)
		rc = put_one(s, s->to.rcpt[i], i);
	return rc < 0 ? rc : put_expanded(s);
}

/* Who only reads it has no reference to its text; where nobody has one it is
 * left to cleaning up, as what the queue has done with. */
static int
put_blob(struct submitting *s, bool queued)
{
	size_t refs = (s->due ? 0 : s->to.nlocal) + queued;
	int rc;

	for (size_t i = 0; i < s->to.n; i++)
		refs -= submit_only_reads(s, s->to.rcpt[i]);
	rc = blob_insert(s->e, &s->at, refs > 0 ? refs : 1, &s->w->err);
	return rc < 0 || refs > 0 ? rc : sql_run(&s->e->w, SQL_garbage_add,
	    SQL_VALS(vi((uint64_t)s->e->now_s), vi(GARBAGE_QUEUED),
	    vi(s->at.blob)), &s->w->err);
}

static int
put_all(struct submitting *s)
{
	struct err *err = &s->w->err;
	bool queued = s->due || s->to.nremote + count_told(s) > 0;
	int rc = put_blob(s, queued);

	submit_journal(s, JOURNAL_received, STR_NULL, STR_NULL);
	if (s->ask->via.n > 0)
		submit_journal(s, JOURNAL_via, STR_NULL, s->ask->via);
	if (rc == 0 && queued)
		rc = queue_put(s->e, s->w, s->account, s->ask,
		    s->to.return_path, s->at.blob, err);
	if (rc < 0)
		return rc;
	return s->due ? later_put(s) : submit_put_rows(s);
}

/* The first whose mailbox it goes to; 0. */
static uint64_t
first_account(const struct submitting *s)
{
	for (size_t i = 0; i < s->to.n; i++)
		if (s->to.rcpt[i]->account)
			return s->to.rcpt[i]->account;
	return 0;
}

static int
place(struct submitting *s)
{
	const struct submit_ask *ask = s->ask;
	struct blob_ask b = { s->w->caller, ask->stage, ask->raw_size,
		first_account(s), ask->octets, ask->facts, ask->front };

	return stage_place(s->e, &b, &s->at, &s->w->err);
}

/* Nobody comes before others because he says so: RFC 6710 4.1. front knows how
 * high a person may go. */
static int
check_priority(struct write *w)
{
	int64_t n = ((const struct submit_ask *)w->ask)->priority;

	if (n < -PRIORITY_MAX || n > PRIORITY_MAX)
		return err_set(&w->err, E_INVALID, "no such priority");
	return n <= 0 || w->caller->authority == AUTH_ACCOUNT ? 0 :
	    err_set(&w->err, E_DENIED, "not for you to say");
}

/* Nobody has it, and it does not come again: whoever asks for reports hears of
 * it as of what is refused.                                   RFC 7489 7.2 */
static int
count_refused(struct submitting *s, struct dmarc_seen *seen)
{
	struct str each = s->w->answer.submit.each;

	for (size_t i = 0; i < each.n; i++)
		if (each.p[i] == EACH_full || each.p[i] == EACH_later)
			return 0;
	if (s->ask->dmarc.n == 0)
		return 0;
	if (seen->disposition != DMARC_REJECTED)
		seen->reason = DMARC_REASON_local_policy;
	seen->disposition = DMARC_REJECTED;
	return dmarc_count(s->e, seen, &s->w->err);
}

int
write_submit(struct engine *e, struct write *w)
{
	struct submitting s = { .e = e, .w = w, .ask = w->ask };
	struct dmarc_seen seen;
	size_t i;
	int rc = submit_check_sender(&s);

	if (rc == 0)
		rc = check_priority(w);
	if (rc == 0 && !traits_are_in_order(s.ask->traits))
		rc = err_set(&w->err, E_INVALID, "no traits");
	if (rc == 0 && s.ask->read && w->caller->authority != AUTH_MX)
		rc = err_set(&w->err, E_DENIED, "only mx reads reports");
	if (rc == 0 && s.ask->dmarc.n > 0 &&
	    (w->caller->authority != AUTH_MX ||
	    !dmarc_seen_take(s.ask->dmarc, &seen)))
		rc = err_set(&w->err, E_INVALID, "nothing that can be "
		    "counted");
	if (rc == 0)
		rc = submit_choose(&s);
	if (rc == 0 && s.nnamed == 0)
		rc = count_refused(&s, &seen);
	if (rc < 0 || s.nnamed == 0)
		return rc;
	rc = recipients_gather(e, w, s.named, s.nnamed, &s.to, &w->err);
	for (i = 0; i < s.to.n && rc == 0; i++)
		rc = submit_check_recipient(&s, s.to.rcpt[i]);
	if (rc == 0)
		rc = later_due(&s);
	if (rc == 0)
		rc = submit_fates(&s);
	if (rc == 0)
		rc = submit_limits(&s);
	if (rc == 0)
		rc = place(&s);
	if (rc < 0)
		return rc;
	w->answer.submit.message = s.at.blob;
	rc = put_all(&s);
	if (rc == 0)
		hear(&s);
	if (rc == 0 && s.ask->dmarc.n > 0)
		rc = dmarc_count(e, &seen, &w->err);
	if (rc == 0)
		rc = (s.due ? policy_remember_later : policy_remember)(e, w,
		    s.to.rcpt, s.to.n, s.known, &w->err);
	return rc < 0 ? rc : submit_count(&s);
}

/* A full mailbox takes it all the same: it is small, and about mail that the
 * account sent itself. */
int
submit_report(struct engine *e, struct write *w,
    const struct submit_ask *ask, const struct str *to, size_t n,
    uint64_t *message)
{
	struct submitting s = { .e = e, .w = w, .ask = ask };
	int rc;

	for (size_t i = 0; i < n; i++)
		if (!address_is_safe(to[i]) || str_chr(to[i], '@') == to[i].n)
			return err_set(&w->err, E_NOTFOUND, "nobody has the "
			    "address");
	rc = recipients_report(e, to, n, &s.to, &w->err);
	if (rc < 0)
		return rc;
	rc = place(&s);
	if (rc == E_NOTFOUND)	/* which means something else here */
		return err_set(&w->err, E_INVALID, "no such stage");
	if (rc == 0)
		rc = put_all(&s);
	*message = s.at.blob;
	return rc;
}
