/*
 * create.c - STORE_mailbox_create: a mailbox, and those above it that are
 * missing.
 */
#include "store/engine/note.h"
#include "store/engine/quota.h"

int
mailbox_exists(struct engine *e, uint64_t account, struct str name,
    struct err *err)
{
	struct mbox *m;
	int rc = mbox_find(e, account, name, &m, err);

	return rc == E_NOTFOUND ? 0 : rc < 0 ? rc : 1;
}

/* The mailboxes are a whole tree: above the first that is there all are. */
int
mailbox_missing_above(struct engine *e, const struct acct *a,
    struct str name, int more, struct str missing[MAILBOX_LEVELS_MAX],
    struct err *err)
{
	uint64_t account = a->account;
	struct str above = mailbox_name_above(name), swap;
	uint64_t count = 0;
	int n = 0, i, rc = 0;

	for (; above.n > 0 && rc == 0; above = mailbox_name_above(above)) {
		rc = mailbox_exists(e, account, above, err);
		if (rc == 0)
			missing[n++] = above;
	}
	if (rc >= 0)
		rc = sql_number(&e->w, SQL_mailbox_count, SQL_VALS(
		    vi(account)), &count, err);
	if (rc >= 0)
		rc = quota_check_mailboxes(a, count, (uint64_t)(n + more),
		    err);
	if (rc < 0)
		return rc;
	for (i = 0; i < n / 2; i++) {
		swap = missing[i];
		missing[i] = missing[n - 1 - i];
		missing[n - 1 - i] = swap;
	}
	return n;
}

/* No mailbox of an account ever has the UIDVALIDITY of another one, gone or
 * not: so none has that of an earlier one of its name. Above the time it is
 * also above what was given since a backup that was put back.
 * RFC 3501 2.3.1.1 */
int
mailbox_insert(struct engine *e, struct acct *a, struct str name,
    uint32_t special, struct mailbox_create_answer *out, struct err *err)
{
	uint64_t now = (uint64_t)e->now_s & UINT32_MAX;
	struct str above = mailbox_name_above(name);
	int rc;

	if (a->uidvalidity >= UINT32_MAX)
		return err_set(err, E_LIMIT, "no UIDVALIDITY is left");
	a->uidvalidity = now > a->uidvalidity ? now : a->uidvalidity + 1;
	acct_touch(e, a);
	out->mailbox = a->next_mailbox++;
	out->uidvalidity = (uint32_t)a->uidvalidity;
	batch_named(e, a->account, CHANGED_created, name, STR_NULL);
	rc = sql_run(&e->w, SQL_mailbox_add, SQL_VALS(vi(a->account),
	    vi(out->mailbox), vs(name), vi(special), vi(a->uidvalidity)),
	    err);
	/* RFC 4314 4: it has the rights of the one above it. */
	if (rc == 0 && a->shared && above.n > 0)
		rc = sql_run(&e->w, SQL_acl_inherit, SQL_VALS(
		    vi(out->mailbox), vi(a->account), vs(above)), err);
	return rc < 0 ? rc : note_mailboxes(e, a, err);
}

int
mailbox_recovered(struct engine *e, struct acct *a, struct mbox **m,
    struct err *err)
{
	struct mailbox_create_answer made;
	int rc = mbox_find(e, a->account, MAILBOX_RECOVERED, m, err);

	if (rc == 0 && (*m)->uidnext >= UINT32_MAX)
		return err_set(err, E_LIMIT, "no UIDs left");
	if (rc != E_NOTFOUND)
		return rc;
	rc = mailbox_insert(e, a, MAILBOX_RECOVERED, 0, &made, err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_subscription_add, SQL_VALS(
		    vi(a->account), vs(MAILBOX_RECOVERED)), err);
	return rc < 0 ? rc : mbox_get(e, a->account, made.mailbox, m, err);
}

static int
find_inbox(struct engine *e, struct acct *a, struct mbox **inbox,
    struct err *err)
{
	int rc = acct_inbox(e, a, inbox, err);

	return rc < 0 ? rc : metadata_room(e, a->account, (*inbox)->mailbox,
	    err);
}

/* Everything that may refuse it comes before the first change. */
int
write_mailbox_create(struct engine *e, struct write *w)
{
	const struct mailbox_create_ask *ask = w->ask;
	struct mailbox_create_answer *out = &w->answer.mailbox_create;
	const char *wrong = mailbox_name_is_wrong(ask->name);
	struct str missing[MAILBOX_LEVELS_MAX];
	struct mbox *inbox = NULL;
	struct acct *a;
	int n, i, rc;

	if (wrong)
		return err_set(&w->err, E_INVALID, "%s", wrong);
	if (others_has(ask->name))
		return err_set(&w->err, E_INVALID,
		    OTHER_USERS " are mailboxes of others");
	/* What theirs are for is for their owners to say. */
	if (caller_reader(w->caller) && ask->special)
		return err_set(&w->err, E_NORIGHT, "not in others' mailboxes");
	if (ask->special & ~(uint32_t)SPECIAL_chosen)
		return err_set(&w->err, E_INVALID, "no such use");
	rc = acct_get(e, w->caller->account, &a, &w->err);
	if (rc == 0)
		rc = mailbox_exists(e, a->account, ask->name, &w->err);
	if (rc > 0)
		return err_set(&w->err, E_EXISTS, "the mailbox is there");
	if (rc < 0)
		return rc;
	n = mailbox_missing_above(e, a, ask->name, 1, missing, &w->err);
	if (n < 0)
		return n;
	if (a->uidvalidity > UINT32_MAX - MAILBOX_LEVELS_MAX)
		return err_set(&w->err, E_LIMIT, "no UIDVALIDITY is left");
	if (ask->as_inbox)
		rc = find_inbox(e, a, &inbox, &w->err);
	for (i = 0; i < n && rc == 0; i++)
		rc = mailbox_insert(e, a, missing[i], 0, out, &w->err);
	/* RFC 6154 3: the use moves here from where it was. */
	if (rc == 0 && ask->special)
		rc = sql_run(&e->w, SQL_mailbox_unuse, SQL_VALS(
		    vi(ask->special), vi(a->account)), &w->err);
	if (rc == 0)
		rc = mailbox_insert(e, a, ask->name, ask->special, out,
		    &w->err);
	if (rc == 0 && inbox)
		rc = metadata_copy(e, a->account, inbox->mailbox,
		    out->mailbox, &w->err);
	out->mailbox = caller_number(w->caller, out->mailbox);
	return rc;
}
