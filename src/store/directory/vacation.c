#include "store/directory/resolve.h"
#include "store/engine/note.h"

/*
 * What is answered while somebody is away (RFC 8621 8): kept here, and decided
 * on for each message by queue/vacation.c.
 */

/* The asker's own, or the one that the operator names. */
static int
whose(struct sql *q, struct arena *a, const struct caller *c,
    struct str address, uint64_t *account, struct err *err)
{
	*account = c->account;
	return c->authority == AUTH_ACCOUNT ? 0 :
	    resolve_named(q, a, address, account, err);
}

int
read_vacation(struct reader *r, const struct caller *c,
    const struct vacation_ask *ask, union store_answer *answer,
    struct err *err)
{
	struct vacation_answer *out = &answer->vacation;
	struct sql *q = &r->q;
	uint64_t account;
	int rc = whose(q, r->arena, c, ask->address, &account, err);

	if (rc == 0)
		rc = sql_first(q, SQL_vacation_get, SQL_VALS(vi(account)),
		    err);
	if (rc <= 0)
		return rc;
	*out = (struct vacation_answer){ VACATION_OF(q, vacation_get)
		.version = sql_u64(q, vacation_get, version) };
	MSG_KEEP(vacation, r->arena, out);
	sql_end(q, SQL_vacation_get);
	return 0;
}

static bool
is_in_order(const struct vacation_put_ask *ask)
{
	return ask->enabled <= 1 && ask->begins >= 0 && ask->ends >= 0 &&
	    (ask->ends == 0 || ask->ends > ask->begins) &&
	    ask->has <= (VACATION_subject | VACATION_text | VACATION_html) &&
	    str_is_utf8(ask->subject) && str_is_utf8(ask->text) &&
	    str_is_utf8(ask->html);
}

int
write_vacation_put(struct engine *e, struct write *w)
{
	const struct vacation_put_ask *ask = w->ask;
	struct acct *a;
	uint64_t account;
	int rc = whose(&e->w, e->arena, w->caller, ask->address, &account,
	    &w->err);

	if (rc == 0 && !is_in_order(ask))
		rc = err_set(&w->err, E_INVALID, "no vacation");
	if (rc == 0)
		rc = acct_get(e, account, &a, &w->err);
	if (rc < 0)
		return rc;
	a->away_known = false;
	rc = ask->end ? sql_run(&e->w, SQL_vacation_end,
	    SQL_VALS(vi(account)), &w->err) : sql_run(&e->w, SQL_vacation_put,
	    SQL_VALS(vi(account), vi(ask->enabled), vi((uint64_t)ask->begins),
		vi((uint64_t)ask->ends), vi(ask->has), vs(ask->subject),
		vs(ask->text), vs(ask->html)), &w->err);
	return rc < 0 ? rc : sql_run(&e->w, SQL_noted_del_words, SQL_VALS(
	    vi(account), vi(NOTE_vacation)), &w->err);
}
