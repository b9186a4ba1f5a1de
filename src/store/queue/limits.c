/*
 * limits.c - how much an account hands in: looked at and counted in the commit
 * that takes a message, so that no two sessions have the same room.
 *
 * What came for somebody and is sent on, reports, and what is answered while
 * they are away is nobody's doing and counts for nobody. What a program of this
 * machine hands in as an account's address counts for that account. But any
 * user of the machine may name that address: so none of these recipients is
 * new, and they do not count for what stops the account.
 *
 * An account that comes to a limit that stops it (limit_stops()) is stopped in
 * the same transaction, though the message that would have been too much is
 * refused: E_RATE is a failure that has written this and nothing else.
 */
#include "store/engine/note.h"
#include "store/directory/resolve.h"
#include "store/queue/queue_int.h"

/* Room for the fields that we put in front of it. */
enum { OURS_OCTETS = 16384 };

static int
find_account(struct submitting *s)
{
	const struct caller *c = s->w->caller;

	if (c->authority == AUTH_ACCOUNT)
		s->account = c->account;
	if (c->authority != AUTH_LOCAL || s->ask->reverse_path.n == 0)
		return 0;
	return resolve_account(&s->e->w, s->e->arena, s->ask->reverse_path,
	    &s->account, &s->w->err);
}

/* Those that were named as they are, and not by an alias of ours. */
static int
count_new(struct submitting *s, uint64_t *n)
{
	int rc;

	*n = 0;
	if (s->w->caller->authority != AUTH_ACCOUNT || s->to.nremote == 0)
		return 0;
	s->known = arena_array(s->e->arena, s->to.n, sizeof(*s->known));
	rc = policy_wrote_to(s->e, s->account, s->to.rcpt, s->to.n, s->known,
	    &s->w->err);
	for (size_t i = 0; i < s->to.n; i++)
		*n += !s->to.rcpt[i]->account && s->to.rcpt[i]->via.n == 0 &&
		    s->known[i] < 0;
	return rc;
}

static int
note_both(struct submitting *s, const struct send_limits *l,
    enum send_limit which, struct str address)
{
	struct note n = { .account = l->account,
		.kind = which == SEND_LIMIT_new_day ? NOTE_stopped_new :
		    NOTE_stopped_recipients,
		.most_a_day = NOTES_A_DAY,
		.facts = { .most = l->is.most, .peer = s->ask->peer } };
	int rc = note_put(s->e, &n, &s->w->err);

	n.to = arena_printf(s->e->arena, "postmaster@%.*s", STR_FMT(str_from(
	    address, str_rchr(address, '@') + 1)));
	if (rc >= 0)
		rc = note_put(s->e, &n, &s->w->err);
	return rc < 0 ? rc : 0;
}

/* Its queue is looked through behind this commit: upkeep/stopped_queues.c. */
static int
stop_account(struct submitting *s, struct send_limits *l, enum send_limit which)
{
	struct engine *e = s->e;
	struct str why = str_dup(e->arena, str_c(s->w->err.text));
	struct acct *a;
	int rc = acct_get(e, l->account, &a, &s->w->err);

	if (rc < 0)
		return rc;
	l->is.stopped = e->now_s;
	l->is.why = which;
	l->is.most = send_limits_most(e, &l->is, which);
	send_limits_touch(e, l);
	rc = sql_run(&e->w, SQL_stopped_put, SQL_VALS(vi(l->account),
	    vi((uint64_t)e->now_s), vi(which), vi(l->is.most)), &s->w->err);
	if (rc == 0)
		rc = note_both(s, l, which, a->address);
	if (rc < 0)
		return rc;
	batch_journal(e, &(struct journal_row){
	    .at_us = e->o.wall_us(e->o.arg), .event = JOURNAL_stopped,
	    .session = s->ask->session, .peer = s->ask->peer,
	    .from = s->ask->reverse_path, .address = a->address, .code = 450,
	    .text = why });
	if (e->o.log)
		log_event(e->o.log, LOG_WARN, "account_stopped",
		    F_STR("account", a->address), F_STR("why", why));
	return err_set(&s->w->err, E_RATE, "%.*s", STR_FMT(why));
}

static int
check_size(struct submitting *s, const struct send_limits *l)
{
	uint64_t most = send_limits_most(s->e, &l->is, SEND_LIMIT_size);

	if (most == 0 || s->ask->raw_size <= most + OURS_OCTETS)
		return 0;
	return err_set(&s->w->err, E_LIMIT, "Message too big: your account "
	    "may send %llu octets", (unsigned long long)most);
}

int
submit_limits(struct submitting *s)
{
	struct engine *e = s->e;
	struct send_limits *l;
	enum send_limit which;
	uint64_t fresh = 0;
	int rc = find_account(s);

	if (rc < 0 || s->account == 0)
		return rc;
	rc = send_limits_get(e, s->account, &l, &s->w->err);
	if (rc == 0)
		rc = check_size(s, l);
	if (rc == 0)
		rc = count_new(s, &fresh);
	if (rc < 0)
		return rc;
	s->use = (struct send_limits_use){ .n = {
	    [SEND_LIMIT_messages_hour] = 1, [SEND_LIMIT_messages_day] = 1,
	    [SEND_LIMIT_recipients_hour] = s->nnamed,
	    [SEND_LIMIT_recipients_day] =
		s->w->caller->authority == AUTH_LOCAL ? 0 : s->nnamed,
	    [SEND_LIMIT_new_day] = fresh } };
	rc = send_limits_allow(e, &l->is, &s->use, e->o.wall_us(e->o.arg),
	    &which, &s->w->err);
	return rc == E_RATE && limit_stops(which) ? stop_account(s, l,
	    which) : rc;
}

int
submit_count(struct submitting *s)
{
	struct engine *e = s->e;
	struct send_limits *l;
	int rc;

	if (s->account == 0)
		return 0;
	rc = send_limits_get(e, s->account, &l, &s->w->err);
	if (rc < 0)
		return rc;
	send_limits_count(e, l, &s->use, e->o.wall_us(e->o.arg));
	send_limits_touch(e, l);
	return 0;
}
