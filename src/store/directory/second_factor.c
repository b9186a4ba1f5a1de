#include "store/directory/resolve.h"
#include "store/engine/note.h"

/*
 * Second factors: sealed octets of vault's, beside those of the password.
 */

static int
find_factor(struct engine *e, struct str address, uint64_t *account,
    struct str *factor, struct err *err)
{
	struct sql *q = &e->w;
	int rc = resolve_named(q, e->arena, address, account, err);

	if (rc == 0)
		rc = sql_first(q, SQL_credential_get, SQL_VALS(vi(*account)),
		    err);
	else
		return rc;
	if (rc <= 0)
		return rc < 0 ? rc : err_set(err, E_NOTFOUND, "no password");
	*factor = str_dup(e->arena, sql_str(q, credential_get, factor));
	sql_end(q, SQL_credential_get);
	return 0;
}

/* Its owner is told; not of a code that was used. */
static int
tell_owner(struct engine *e, uint64_t account, enum note_kind kind,
    const struct note_facts *facts, struct err *err)
{
	int rc = note_put(e, &(struct note){ account, kind, NOTES_A_DAY,
	    .facts = *facts }, err);

	return rc < 0 ? rc : 0;
}

int
write_factor_put(struct engine *e, struct write *w)
{
	const struct factor_put_ask *ask = w->ask;
	uint64_t account;
	struct str there;
	int rc = find_factor(e, ask->address, &account, &there, &w->err);

	if (rc == 0 && !str_eq(there, ask->was))
		return err_set(&w->err, E_STALE,
		    "the second factor was changed meanwhile");
	if (rc == 0)
		rc = sql_run(&e->w, SQL_factor_put, SQL_VALS(vs(ask->sealed),
		    vi(account)), &w->err);
	if (rc < 0 || (there.n > 0 && ask->sealed.n > 0))
		return rc;
	if (there.n == 0)
		batch_revoke(e, account);
	return tell_owner(e, account, ask->sealed.n > 0 ? NOTE_factor :
	    NOTE_factor_off, &(struct note_facts){ .peer = ask->peer },
	    &w->err);
}

int
write_factor_remove(struct engine *e, struct write *w)
{
	const struct factor_remove_ask *ask = w->ask;
	uint64_t account;
	struct str there;
	int rc = find_factor(e, ask->address, &account, &there, &w->err);

	if (rc == 0 && there.n == 0)
		return err_set(&w->err, E_NOTFOUND, "%.*s has no second "
		    "factor", STR_FMT(ask->address));
	if (rc == 0)
		rc = sql_run(&e->w, SQL_factor_put, SQL_VALS(vs(STR("")),
		    vi(account)), &w->err);
	if (rc == 0)
		rc = tell_owner(e, account, NOTE_factor_off,
		    &(struct note_facts){ .by_operator = 1 }, &w->err);
	if (rc == 0)
		batch_journal(e, &(struct journal_row){
		    .at_us = engine_now_us(e), .event = JOURNAL_factor,
		    .address = ask->address,
		    .text = STR("the operator took it off") });
	return rc;
}
