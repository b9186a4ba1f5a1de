#include "store/directory/resolve.h"
#include "store/engine/note.h"
#include "store/queue/queue_int.h"

/*
 * Somebody is away, and mail for them comes: is its sender told so? What the
 * message says of itself was looked at by whoever took it in
 * (mail/answerable.h), and lies in `named` only if it may be answered.
 *
 * Invariants, of RFC 3834 2 and RFC 5230 4:
 *  1. nobody is answered for mail that does not name the person;
 *  2. one address is answered once in AGAIN_S, and ANSWERS_A_DAY in all, which
 *     also bounds what is remembered;
 *  3. an answer has no reverse-path and is answered by nothing of ours.
 */

enum { AGAIN_S = 7 * 86400, ANSWERS_A_DAY = 500 };

/* Most people are not, and that is known without a look at SQL. */
static int
read_away(struct engine *e, struct acct *a, struct err *err)
{
	struct sql *q = &e->w;
	int rc;

	if (a->away_known)
		return 0;
	rc = sql_first(q, SQL_vacation_when, SQL_VALS(vi(a->account)), err);
	if (rc < 0)
		return rc;
	a->away = rc > 0 && sql_u32(q, vacation_when, enabled);
	if (rc > 0) {
		a->away_from = sql_i64(q, vacation_when, begins);
		a->away_until = sql_i64(q, vacation_when, ends);
		sql_end(q, SQL_vacation_when);
	}
	a->away_known = true;
	return 0;
}

static bool
is_away(const struct engine *e, const struct acct *a)
{
	return a->away && e->now_s >= a->away_from &&
	    (a->away_until == 0 || e->now_s < a->away_until);
}

/* The words of `named` are in lower case. */
static bool
names(struct str named, struct str lower)
{
	struct str one;

	while (lower.n > 0 && str_cut(named, '\n', &one, &named))
		if (str_eq(one, lower))
			return true;
	return false;
}

/* An alias is theirs where it leads to nobody else: RFC 5230 4.5. */
static bool
is_addressed(const struct submitting *s, const struct acct *a,
    const struct recipient *r)
{
	struct arena *mem = s->e->arena;
	struct str named = s->ask->named;

	return names(named, str_lower(mem, a->address)) ||
	    names(named, str_lower(mem, r->address)) ||
	    (!r->shared && names(named, str_lower(mem, r->via)));
}

/* By another address of theirs, maybe. */
static int
is_themselves(struct engine *e, uint64_t account, struct str sender, bool *yes,
    struct err *err)
{
	struct resolved who;
	int rc = resolve_address(&e->w, e->arena, sender, &who, err);

	*yes = rc == 0 && who.kind == ADDRESS_ACCOUNT &&
	    who.account == account;
	return rc;
}

/* A clock that went back makes nobody wait for it. */
static bool
was_lately(const struct engine *e, const struct noted *then)
{
	return then->at <= e->now_s && e->now_s - then->at < AGAIN_S;
}

static int
remember(struct engine *e, uint64_t account, struct str sender,
    struct noted *then, struct err *err)
{
	int rc = sql_run(&e->w, SQL_noted_old, SQL_VALS(vi(account),
	    vi(NOTE_vacation), vi((uint64_t)(e->now_s - AGAIN_S))), err);

	then->at = e->now_s;
	then->n++;
	return rc < 0 ? rc : noted_put(e, account, NOTE_vacation, sender,
	    then, err);
}

/* Who is one too many today is remembered no more than answered. */
static int
answer(struct submitting *s, uint64_t account, struct str sender)
{
	const struct submit_ask *ask = s->ask;
	struct engine *e = s->e;
	struct err *err = &s->w->err;
	struct noted then = { .since = e->now_s };
	const struct note n = { .account = account, .kind = NOTE_vacation,
		.to = ask->reverse_path, .most_a_day = ANSWERS_A_DAY,
		.facts = { .subject = ask->subject, .ids = ask->ids } };
	int rc = noted_get(e, account, NOTE_vacation, sender, &then, err);

	if (rc < 0 || (rc > 0 && was_lately(e, &then)))
		return rc < 0 ? rc : 0;
	rc = note_put(e, &n, err);
	return rc <= 0 ? rc : remember(e, account, sender, &then, err);
}

int
vacation_answer(struct submitting *s, const struct recipient *r)
{
	const struct submit_ask *ask = s->ask;
	struct engine *e = s->e;
	struct err *err = &s->w->err;
	struct str sender;
	struct acct *a;
	bool own;
	int rc;

	if (ask->named.n == 0 || ask->reverse_path.n == 0)
		return 0;
	rc = acct_get(e, r->account, &a, err);
	if (rc == 0)
		rc = read_away(e, a, err);
	if (rc < 0 || !is_away(e, a) || !is_addressed(s, a, r))
		return rc;
	sender = str_lower(e->arena, ask->reverse_path);
	rc = is_themselves(e, a->account, sender, &own, err);
	if (rc == 0 && !own)
		rc = answer(s, a->account, sender);
	return rc < 0 ? rc : 0;
}
