/*
 * subscribe.c - STORE_subscribe: the names a person wants to see.
 */
#include "store/engine/engine_int.h"

/* Also a name that is no mailbox, or not any more.        RFC 3501 6.3.6 */
int
write_subscribe(struct engine *e, struct write *w)
{
	const struct subscribe_ask *ask = w->ask;
	const char *wrong = mailbox_name_is_wrong(ask->name);
	uint64_t account = w->caller->account, others = 0;
	struct str address, there;
	struct acct *a;
	int rc;

	if (wrong)
		return err_set(&w->err, E_INVALID, "%s", wrong);
	/* Whether somebody else has it is not for everybody to find out. */
	if (ask->subscribed && others_split(ask->name, &address, &there) &&
	    (rc = reach_name(&e->w, e->arena, w->caller, ask->name, RIGHT_l,
	    &w->err)) < 0)
		return rc;
	rc = acct_get(e, account, &a, &w->err);
	if (rc == 0 && ask->subscribed)
		rc = sql_number(&e->w, SQL_subscription_count, SQL_VALS(
		    vi(account), vs(ask->name)), &others, &w->err);
	if (rc < 0)
		return rc;
	if (others >= MAILBOXES_MAX)
		return err_set(&w->err, E_LIMIT, "too many subscriptions");
	batch_named(e, account, CHANGED_subscription, ask->name, STR_NULL);
	if (!ask->subscribed)
		return sql_run(&e->w, SQL_subscription_del, SQL_VALS(
		    vi(account), vs(ask->name)), &w->err);
	return sql_run(&e->w, SQL_subscription_add, SQL_VALS(vi(account),
	    vs(ask->name)), &w->err);
}
