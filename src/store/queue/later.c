/*
 * later.c - messages that leave later.                            RFC 4865
 *
 * Such a message is in the queue from the commit that takes it: its row and
 * blob, a row of `later` that says when it is due, and its recipients as they
 * were named, in ROW_later. Nobody has it, relay is not handed it. When it is
 * due (upkeep/release.c), it is let go in one commit: who is named
 * is looked up as for a message that comes now, mailboxes here get it, all
 * others become ordinary rows of the queue, and the row of `later` goes. So
 * whoever dies in between finds all of it to do, or nothing.
 *
 * Invariant: a message has a row of `later` as long as it has recipients in
 * ROW_later, and no other recipients then.
 */
#include "base/timetext.h"
#include "store/engine/quota.h"
#include "store/directory/past_owners.h"
#include "store/queue/queue_int.h"

/* ---- taking it ----------------------------------------------------------- */

/* RFC 4865 6 (3): counted by account. */
static int
look_for_room(struct sql *q, const struct engine *e, uint64_t account,
    uint64_t room, uint64_t octets, struct err *err)
{
	struct queue_settings o = engine_queue_settings(e);
	uint64_t messages, waiting;
	int rc = sql_first(q, SQL_later_sums, SQL_VALS(vi(account)), err);

	if (rc <= 0)
		return rc;
	messages = sql_u64(q, later_sums, messages);
	waiting = sql_u64(q, later_sums, octets);
	sql_end(q, SQL_later_sums);
	if (messages >= o.hold_messages)
		return err_set(err, E_LIMIT,
		    "too many messages of this account leave later");
	if (room <= waiting || octets > room - waiting)
		return err_set(err, E_FULL, "over quota");
	return 0;
}

int
read_later_room(struct reader *r, const struct caller *c,
    const struct later_room_ask *ask, union store_answer *answer unused_arg,
    struct err *err)
{
	uint64_t room;
	int rc = reader_room(r, c->account, &room, err);

	return rc < 0 ? rc : look_for_room(&r->q, r->e, c->account, room,
	    ask->octets, err);
}

int
later_due(struct submitting *s)
{
	const struct submit_ask *ask = s->ask;
	struct engine *e = s->e;
	struct queue_settings o = engine_queue_settings(e);
	uint64_t account = s->w->caller->account;
	struct acct *a;
	int64_t due;
	int rc;

	if (!ask->hold_for && !ask->hold_until)
		return 0;
	if (s->w->caller->authority != AUTH_ACCOUNT)
		return err_set(&s->w->err, E_DENIED, "not for you to say");
	/* now_s is up to a second behind. */
	due = ask->hold_for ? e->now_s + 1 + ask->hold_for : ask->hold_until;
	if (due <= e->now_s)
		return 0;
	if (due - e->now_s > (int64_t)o.hold_longest_s + 1)
		return err_set(&s->w->err, E_LIMIT,
		    "nothing waits here for so long");
	rc = acct_get(e, account, &a, &s->w->err);
	if (rc == 0)
		rc = look_for_room(&e->w, e, account, quota_room(e, a),
		    ask->raw_size + ask->front.n, &s->w->err);
	if (rc == 0)
		s->due = due;
	return rc;
}

int
later_put(struct submitting *s)
{
	const struct submit_ask *ask = s->ask;
	const struct write *w = s->w;
	auto_buf until = BUF_INIT(64);
	int rc = sql_run(&s->e->w, SQL_later_add, SQL_VALS(vi(s->at.blob),
	    vi(w->caller->account), vi((uint64_t)s->due),
	    vi(ask->raw_size + ask->front.n), vs(ask->thread_keys),
	    vi(ask->email), vi(ask->thread)), &s->w->err);

	buf_lit(&until, "until ");
	time_rfc3339(&until, s->due);
	for (size_t i = 0; i < w->nrcpts && rc == 0; i++) {
		submit_journal(s, JOURNAL_held, w->rcpts[i].address,
		    buf_get(&until));
		rc = queue_put_later(s->e, s->at.blob, i, &w->rcpts[i], s->due,
		    &s->w->err);
	}
	return rc;
}

/* ---- the end of waiting -------------------------------------------------- */

int
later_end(struct engine *e, uint64_t message, enum later_state became,
    struct err *err)
{
	uint64_t account = 0;
	int rc = sql_first(&e->w, SQL_later_get, SQL_VALS(vi(message)), err);

	if (rc <= 0)
		return rc;
	account = sql_u64(&e->w, later_get, account);
	sql_end(&e->w, SQL_later_get);
	rc = sql_run(&e->w, SQL_later_past_add, SQL_VALS(vi(became),
	    vi((uint64_t)e->now_s), vi(message)), err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_later_del, SQL_VALS(vi(message)), err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_later_past_trim, SQL_VALS(vi(account),
		    vi(LATER_PAST)), err);
	return rc < 0 ? rc : sql_run(&e->w, SQL_later_past_old, SQL_VALS(
	    vi((uint64_t)(e->now_s - LATER_PAST_S))), err);
}

/* ---- letting it go ------------------------------------------------------- */

/* One that is let go: what the submit was that brought it. */
struct releasing {
	struct submitting s;
	struct write w;
	struct submit_ask ask;
	struct caller caller;
	/* gone: nobody has them any more, or (rrvs) somebody else */
	struct recipient *named, *gone;
	size_t nnamed, ngone;
};

static void
take_ask(struct releasing *r, enum sql_statement s)
{
	struct sql *q = &r->s.e->w;
	struct envelope said = { FIELDS_envelope(QUEUE_READ, ) };

	MSG_KEEP(envelope, r->s.e->arena, &said);
	MSG_COPY(envelope, &r->ask, &said);
	r->ask.raw_size = queue_u64(q, s, size) - r->s.at.front;
	r->ask.body_8bit = !!queue_u32(q, s, body_8bit);
	r->ask.signature = str_dup(r->s.e->arena, queue_str(q, s, signature));
	r->ask.signature_7bit = str_dup(r->s.e->arena,
	    queue_str(q, s, signature_7bit));
}

static int
read_named(struct releasing *r, struct err *err)
{
	enum sql_statement s = SQL_queue_of;
	struct engine *e = r->s.e;
	struct sql *q = &e->w;
	struct VEC(struct recipient) found = { 0 };
	int rc = sql_first(q, s, SQL_VALS(vi(r->s.at.blob)), err);

	for (; rc > 0; rc = sql_next(q, s, err)) {
		struct recipient *to;

		if (queue_u32(q, s, state) != ROW_later)
			continue;
		if (found.n == 0)
			take_ask(r, s);
		to = vec_add(&found);
		*to = (struct recipient){ FIELDS_addressee(QUEUE_READ, ) };
		to->address = str_dup(e->arena, to->address);
		to->orcpt = str_dup(e->arena, to->orcpt);
	}
	r->named = arena_array(e->arena, found.n + 1, sizeof(*r->named));
	r->gone = arena_array(e->arena, found.n + 1, sizeof(*r->gone));
	if (found.n)
		memcpy(r->named, found.p, found.n * sizeof(*r->named));
	r->nnamed = found.n;
	vec_free(&found);
	return rc;
}

static int
read_waiting(struct releasing *r, uint64_t message, struct err *err)
{
	struct engine *e = r->s.e;
	int rc = sql_first(&e->w, SQL_later_get, SQL_VALS(vi(message)), err);

	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no message that waits");
	if (rc < 0)
		return rc;
	r->caller = (struct caller){ .authority = AUTH_ACCOUNT,
		.account = sql_u64(&e->w, later_get, account) };
	r->ask.thread_keys = str_dup(e->arena,
	    sql_str(&e->w, later_get, thread_keys));
	sql_end(&e->w, SQL_later_get);
	return 0;
}

/* What waited is what is in hand. */
static int
take_out(struct releasing *r, enum later_state became, struct err *err)
{
	struct sql *q = &r->s.e->w;
	uint64_t message = r->s.at.blob;
	int rc = later_end(r->s.e, message, became, err);

	if (rc == 0)
		rc = sql_run(q, SQL_later_rcpts_del, SQL_VALS(vi(message)),
		    err);
	return rc < 0 ? rc : sql_run(q, SQL_queue_released, SQL_VALS(
	    vi((uint64_t)r->s.e->now_s), vi(message)), err);
}

/* 1: as it is now it can have it. */
static int
look_at_one(struct engine *e, struct recipient *to, struct err *err)
{
	enum rcpt_kind kind;
	int rc = recipients_again(e, to, err);

	/* Said again is what it is refused for. */
	if (rc <= 0 || !to->rrvs || (!to->account && !to->ours)) {
		to->rrvs = rc == 0 ? RRVS_unsaid : to->rrvs;
		return rc;
	}
	rc = past_owner_check(&e->w, e->arena, to->address, to->valid_since,
	    &kind, err);
	return rc < 0 ? rc : kind == RCPT_LOCAL;
}

/* Accounts and aliases may have gone since. */
static int
look_again(struct releasing *r, struct err *err)
{
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < r->nnamed && rc >= 0; i++) {
		rc = look_at_one(r->s.e, &r->named[i], err);
		if (rc > 0)
			r->named[n++] = r->named[i];
		else if (rc == 0)
			r->gone[r->ngone++] = r->named[i];
	}
	r->nnamed = n;
	return rc < 0 ? rc : 0;
}

static int
put_gone(struct releasing *r, struct err *err)
{
	struct submitting *s = &r->s;
	bool double_bounces = engine_queue_settings(s->e).double_bounces;
	size_t first = s->to.n + s->to.nexpanded;
	int rc = 0;

	for (size_t i = 0; i < r->ngone && rc == 0; i++) {
		const struct recipient *to = &r->gone[i];
		struct str status = to->rrvs ? STR("5.7.17") : STR("5.1.1");
		struct str why = to->rrvs ?
		    STR("The owner of the mailbox has changed") :
		    STR("No such mailbox here any more");

		submit_journal(s, JOURNAL_failed, to->address,
		    arena_printf(s->e->arena, "%.*s %.*s", STR_FMT(status),
			STR_FMT(why)));
		if (queue_may_tell(r->ask.reverse_path, to->notify,
		    NOTIFY_failure, double_bounces))
			rc = queue_put_failed(s->e, s->at.blob, first + i, to,
			    status, why, err);
	}
	return rc;
}

/* Everybody has it from here on. The queue keeps its own reference to the
 * blob until it has no more to do with it. */
static int
give_out(struct releasing *r, struct err *err)
{
	struct submitting *s = &r->s;
	int rc = look_again(r, err);

	r->w.rcpts = r->named;
	r->w.nrcpts = r->nnamed;
	if (rc == 0 && r->nnamed > 0)
		rc = recipients_gather(s->e, &r->w, r->w.rcpts,
		    r->w.nrcpts, &s->to, err);
	if (rc == 0)
		rc = submit_put_rows(s);
	if (rc == 0)
		rc = put_gone(r, err);
	if (rc == 0 && s->to.nlocal > 0)
		rc = sql_run(&s->e->w, SQL_blob_ref_more, SQL_VALS(
		    vi(s->to.nlocal), vi(s->at.blob)), err);
	return rc < 0 ? rc : policy_remember(s->e, &r->w, s->to.rcpt, s->to.n,
	    NULL, err);
}

/* Nobody gets it. */
static void
journal_dropped(struct releasing *r, struct str why)
{
	for (size_t i = 0; i < r->nnamed; i++)
		submit_journal(&r->s, JOURNAL_dropped, r->named[i].address,
		    why);
}

static struct releasing *
releasing_new(struct engine *e)
{
	struct releasing *r = arena_new_of(e->arena, struct releasing);

	*r = (struct releasing){ .s = { .e = e, .w = &r->w, .ask = &r->ask } };
	r->w = (struct write){ .caller = &r->caller, .ask = &r->ask };
	return r;
}

int
later_release(struct engine *e, uint64_t message, struct str why,
    struct err *err)
{
	struct releasing *r = releasing_new(e);
	bool lost;
	int rc = read_waiting(r, message, err);

	if (rc == 0)
		rc = place_get(&e->w, message, &r->s.at, err);
	if (rc == 0)
		rc = read_named(r, err);
	if (rc < 0)
		return rc;
	/* Who may not write as that any more, because the account or its right
	 * has gone, sends nothing. */
	rc = submit_check_sender(&r->s);
	lost = rc == E_DENIED;
	if (rc < 0 && !lost) {
		*err = r->w.err;
		return rc;
	}
	/* From here on it is all or nothing of the batch. */
	rc = take_out(r, lost ? LATER_cancelled : LATER_left, err);
	if (rc == 0 && lost) {
		journal_dropped(r, STR("its sender may not write as that any "
		    "more"));
	} else if (rc == 0) {
		submit_journal(&r->s, JOURNAL_released, STR_NULL, why);
		rc = give_out(r, err);
	}
	if (rc == 0)
		rc = queued_finish(e, message, err);
	e->half_written |= rc < 0;
	return rc;
}

/* ---- taking it back ------------------------------------------------------ */

/* One that does not wait: 0 if it was taken back before. */
static int
look_at_past(struct engine *e, uint64_t account, uint64_t message,
    struct err *err)
{
	uint64_t became = 0;
	int rc = sql_number(&e->w, SQL_later_past_get, SQL_VALS(vi(account),
	    vi(message), vi((uint64_t)(e->now_s - LATER_PAST_S))), &became,
	    err);

	if (rc < 0 || became == LATER_cancelled)
		return rc;
	if (became == LATER_left)
		return err_set(err, E_STALE, "it has left");
	return err_set(err, E_NOTFOUND, "nothing of yours waits by this name");
}

/* As far as its octets go it need not be readable. */
int
write_later_cancel(struct engine *e, struct write *w)
{
	const struct later_cancel_ask *ask = w->ask;
	struct releasing *r = releasing_new(e);
	int rc = read_waiting(r, ask->message, &w->err);

	if (rc == E_NOTFOUND || (rc == 0 &&
	    r->caller.account != w->caller->account))
		return look_at_past(e, w->caller->account, ask->message,
		    &w->err);
	r->s.at.blob = ask->message;
	if (rc == 0)
		rc = read_named(r, &w->err);
	if (rc < 0)
		return rc;
	journal_dropped(r, STR("taken back by its sender"));
	rc = take_out(r, LATER_cancelled, &w->err);
	if (rc == 0)
		rc = queued_finish(e, ask->message, &w->err);
	e->half_written |= rc < 0;
	return rc;
}
