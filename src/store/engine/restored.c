#include "store/engine/restored.h"

/* Further than anybody came since, and so far that nobody is in want. */
enum {
	BLOBS_ON = 1 << 26,
	EMAILS_ON = 1 << 26,
	ACCOUNTS_ON = 1 << 16,
	MAILBOXES_ON = 1 << 10,
	VALIDITIES_ON = 1 << 16,
	PUT_OFF_S = 315360000,	/* ten years */
};
static const uint64_t modseqs_on = (uint64_t)1 << 32;

/* Above those of all mailboxes there were. */
static int
validities(struct engine *e, uint64_t *from, struct err *err)
{
	uint64_t most = 0, mailboxes = 0;
	uint64_t now = (uint64_t)(e->o.wall_us(e->o.arg) / 1000000);
	int rc = sql_number(&e->w, SQL_restored_uidvalidity, NULL, 0, &most,
	    err);

	if (rc == 0)
		rc = sql_number(&e->w, SQL_restored_mailbox_most, NULL, 0,
		    &mailboxes, err);
	if (rc < 0)
		return rc;
	most = most > e->uidvalidity ? most : e->uidvalidity;
	*from = (most > now ? most : now) + VALIDITIES_ON;
	if (*from > UINT32_MAX || mailboxes > UINT32_MAX - *from)
		return err_set(err, E_LIMIT, "no UIDVALIDITY is left");
	e->uidvalidity = *from + mailboxes;
	return 0;
}

static int
renew_mailboxes(struct engine *e, struct err *err)
{
	uint64_t from;
	int rc = validities(e, &from, err);

	if (rc == 0)
		rc = sql_run(&e->w, SQL_restored_mailboxes, SQL_VALS(vi(from)),
		    err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_restored_floors, SQL_VALS(
		    vi(modseqs_on)), err);
	return rc < 0 ? rc : sql_run(&e->w, SQL_restored_accounts, SQL_VALS(
	    vi(from), vi(MAILBOXES_ON), vi(EMAILS_ON), vi(modseqs_on)), err);
}

/* Until the operator says so nothing goes, also what was about to be let go
 * then, or has been by now. */
static int
hold_queue(struct engine *e, int *held, int *put_off, struct err *err)
{
	uint64_t now = (uint64_t)(e->o.wall_us(e->o.arg) / 1000000);
	int rc = sql_run(&e->w, SQL_restored_holds, NULL, 0, err);

	if (rc == 0)
		rc = sql_run(&e->w, SQL_restored_stopped, NULL, 0, err);
	if (rc < 0)
		return rc;
	*held = sql_change(&e->w, SQL_restored_queue, SQL_VALS(vi(now)),
	    err);
	if (*held < 0)
		return *held;
	*put_off = sql_change(&e->w, SQL_restored_later, SQL_VALS(
	    vi(now + PUT_OFF_S), vi(now)), err);
	return *put_off < 0 ? *put_off : sql_run(&e->w,
	    SQL_restored_later_rcpts, NULL, 0, err);
}

static int
renew_folder(struct engine *e, struct err *err)
{
	uint64_t folder;

	e->o.random(e->o.arg, &folder, sizeof(folder));
	e->next_blob += BLOBS_ON;
	e->next_account += ACCOUNTS_ON;
	return sql_run(&e->w, SQL_folder_put, SQL_VALS(vi(folder >> 1 | 1)),
	    err);
}

int
restored_begin(struct engine *e, struct err *err)
{
	int held = 0, put_off = 0, rc = renew_folder(e, err);

	if (rc == 0)
		rc = renew_mailboxes(e, err);
	if (rc == 0)
		rc = hold_queue(e, &held, &put_off, err);
	/* Nobody outside is written to before the queue is let go, and what
	 * was to be answered then is old. */
	if (rc == 0)
		rc = sql_run(&e->w, SQL_restored_answers, NULL, 0, err);
	/* Reports of that time have been sent. */
	if (rc == 0)
		rc = sql_run(&e->w, SQL_restored_aggregate_rows, NULL, 0, err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_restored_aggregates, NULL, 0, err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_owner_put, SQL_VALS(vi(e->next_blob),
		    vi(e->next_account), vi(e->uidvalidity),
		    vs(str_make(e->owner, sizeof(e->owner))), vi(e->fence)),
		    err);
	if (rc == 0 && e->o.log)
		log_event(e->o.log, LOG_WARN, "restored", F_INT("held", held),
		    F_INT("put_off", put_off));
	return rc;
}
