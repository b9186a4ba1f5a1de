/*
 * remove.c - STORE_mailbox_delete: nobody reaches the mailbox from here on. Its
 * placements go in slices (gc.c), so a full one holds nobody up.
 */
#include "store/engine/note.h"
#include "store/engine/quota.h"

/* What begins with the name and '/': '0' is the octet behind that. */
int
mailbox_has_below(struct engine *e, uint64_t account, struct str name,
    struct err *err)
{
	int rc = sql_first(&e->w, SQL_mailbox_below, SQL_VALS(vi(account),
	    vs(arena_printf(e->arena, "%.*s/", STR_FMT(name))),
	    vs(arena_printf(e->arena, "%.*s0", STR_FMT(name)))), err);

	if (rc > 0)
		sql_end(&e->w, SQL_mailbox_below);
	return rc;
}

static int
check_removal(struct engine *e, struct write *w, struct acct **a,
    struct mbox **m)
{
	const struct mailbox_delete_ask *ask = w->ask;
	int rc;

	if (str_eqi(ask->name, STR("INBOX")))
		return err_set(&w->err, E_INVALID, "INBOX is always there");
	rc = acct_get(e, w->caller->account, a, &w->err);
	if (rc == 0)
		rc = mbox_find(e, (*a)->account, ask->name, m, &w->err);
	if (rc == 0)
		rc = mailbox_has_below(e, (*a)->account, ask->name, &w->err);
	if (rc > 0)
		return err_set(&w->err, E_EXISTS,
		    "there are mailboxes below it");
	if (rc == 0 && ask->only_empty && (*m)->messages > (*m)->deleted)
		return err_set(&w->err, E_DENIED, "there are messages in it");
	return rc;
}

int
write_mailbox_delete(struct engine *e, struct write *w)
{
	const struct mailbox_delete_ask *ask = w->ask;
	struct acct *a;
	struct mbox *m;
	struct column_op op = { .kind = COLUMN_GONE };
	int rc = check_removal(e, w, &a, &m);

	if (rc < 0)
		return rc;
	op.account = a->account;
	op.mailbox = m->mailbox;
	op.row.modseq = acct_modseq(e, a);
	acct_count(e, a, -m->messages, -m->size);
	batch_journal(e, &(struct journal_row){
	    .at_us = e->o.wall_us(e->o.arg), .event = JOURNAL_expunged,
	    .address = a->address, .code = (uint32_t)m->messages,
	    .text = str_first(ask->name, 1000) });
	state_drop_mailbox(e, m);
	/* RFC 4314 4: who has rights to one of its name later is not known. */
	rc = a->shared ? sql_run(&e->w, SQL_acl_del_mailbox, SQL_VALS(
	    vi(op.account), vi(op.mailbox)), &w->err) : 0;
	if (rc == 0)
		rc = sql_run(&e->w, SQL_mailbox_remove, SQL_VALS(
		    vi(op.account), vi(op.mailbox)), &w->err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_metadata_del_mailbox, SQL_VALS(
		    vi(op.account), vi(op.mailbox)), &w->err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_url_key_del_mailbox, SQL_VALS(
		    vi(op.account), vi(op.mailbox)), &w->err);
	if (rc == 0)
		rc = note_mailboxes(e, a, &w->err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_mailbox_removal_add, SQL_VALS(
		    vi(op.account), vi(op.mailbox)), &w->err);
	/* What is told of the account as a whole begins anew (emails.c). */
	if (rc == 0)
		rc = sql_run(&e->w, SQL_floor_put, SQL_VALS(vi(op.account),
		    vi(0), vi(op.row.modseq)), &w->err);
	batch_op(e, &op);
	batch_named(e, op.account, CHANGED_removed, ask->name, STR_NULL);
	batch_changed(e, op.account, op.mailbox, op.row.modseq,
	    CHANGED_gone);
	return rc;
}
