/*
 * rename.c - STORE_mailbox_rename: another name for a mailbox and for all that
 * is below it. Nothing else of them changes.
 */
#include "store/engine/engine_int.h"

struct renaming {
	struct engine *e;
	const struct mailbox_rename_ask *ask;
	struct acct *acct;
	struct str below, behind;	/* names between these are below it */
	struct str missing[MAILBOX_LEVELS_MAX];
	int nmissing;
};

/* Every name below it must still be one with the new beginning. */
static int
check_below(struct renaming *r, struct err *err)
{
	const struct mailbox_rename_ask *ask = r->ask;
	size_t levels = mailbox_name_levels(ask->to);
	struct sql *q = &r->e->w;
	struct str rest;
	int rc = sql_first(q, SQL_mailbox_below, SQL_VALS(
	    vi(r->acct->account), vs(r->below), vs(r->behind)), err);

	while (rc > 0) {
		rest = str_from(sql_str(q, mailbox_below, name), ask->name.n);
		if (rest.n > MAILBOX_NAME_MAX - ask->to.n ||
		    levels + mailbox_name_levels(rest) - 1 >
		    MAILBOX_LEVELS_MAX) {
			sql_end(q, SQL_mailbox_below);
			return err_set(err, E_LIMIT,
			    "a name below it becomes too long");
		}
		rc = sql_next(q, SQL_mailbox_below, err);
	}
	return rc;
}

static int
check_names(struct renaming *r, struct err *err)
{
	const struct mailbox_rename_ask *ask = r->ask;
	const char *wrong = mailbox_name_is_wrong(ask->to);

	if (wrong)
		return err_set(err, E_INVALID, "%s", wrong);
	if (others_has(ask->to))
		return err_set(err, E_INVALID,
		    OTHER_USERS " are mailboxes of others");
	if (str_eqi(ask->name, STR("INBOX")))
		return err_set(err, E_INVALID, "INBOX is always there");
	r->below = arena_printf(r->e->arena, "%.*s/", STR_FMT(ask->name));
	r->behind = arena_printf(r->e->arena, "%.*s0", STR_FMT(ask->name));
	if (str_starts(ask->to, r->below))
		return err_set(err, E_INVALID, "no mailbox is below itself");
	return 0;
}

/* Everything that may refuse it comes before the first change. */
static int
check_rename(struct renaming *r, struct write *w)
{
	struct err *err = &w->err;
	int rc = check_names(r, err);

	if (rc == 0)
		rc = acct_get(r->e, w->caller->account, &r->acct, err);
	if (rc < 0)
		return rc;
	rc = mailbox_exists(r->e, r->acct->account, r->ask->name, err);
	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such mailbox");
	if (rc > 0)
		rc = mailbox_exists(r->e, r->acct->account, r->ask->to, err);
	if (rc > 0)
		return err_set(err, E_EXISTS, "that mailbox is there");
	if (rc == 0)
		rc = check_below(r, err);
	if (rc < 0)
		return rc;
	r->nmissing = mailbox_missing_above(r->e, r->acct, r->ask->to, 0,
	    r->missing, err);
	if (r->nmissing < 0)
		return r->nmissing;
	if (r->acct->uidvalidity > UINT32_MAX - MAILBOX_LEVELS_MAX)
		return err_set(err, E_LIMIT, "no UIDVALIDITY is left");
	return 0;
}

int
write_mailbox_rename(struct engine *e, struct write *w)
{
	const struct mailbox_rename_ask *ask = w->ask;
	struct renaming r = { .e = e, .ask = ask };
	struct mailbox_create_answer made;
	int i, rc = check_rename(&r, w);

	for (i = 0; i < r.nmissing && rc == 0; i++)
		rc = mailbox_insert(e, r.acct, r.missing[i], 0, &made,
		    &w->err);
	if (rc == 0)
		batch_named(e, r.acct->account, CHANGED_renamed, ask->to,
		    ask->name);
	return rc < 0 ? rc : sql_run(&e->w, SQL_mailbox_rename, SQL_VALS(
	    vs(ask->to), vi(ask->name.n + 1), vi(r.acct->account),
	    vs(ask->name), vs(r.below), vs(r.behind)), &w->err);
}
