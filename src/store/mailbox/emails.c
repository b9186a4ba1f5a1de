/*
 * emails.c - the account as a whole: STORE_emails, where its emails are, and
 * STORE_changes, what became of them.
 */
#include <unistd.h>

#include "store/engine/engine_int.h"
#include "store/engine/view.h"

enum { PLACES_MAX = MSG_CHUNK - 64, LOOKS_MAX = 500,
	CHANGES_MAX = MSG_CHUNK / 32 };

/* ---- where they are ------------------------------------------------------ */

/* The rows of either statement, which begin with the same columns, as far as
 * they find room. */
static int
put_places(struct reader *r, enum sql_statement s, uint64_t account,
    uint64_t number, bool *cut, struct err *err)
{
	struct sql *q = &r->q;
	int rc = sql_first(q, s, SQL_VALS(vi(account), vi(number)), err);

	while (rc > 0 && !(*cut = r->rows.n > PLACES_MAX)) {
		msg_put(&r->rows, &email_place_shape, &(struct email_place){
		    sql_column_u64(q, s, SQL_COLUMN(email_thread, email)),
		    sql_column_u64(q, s, SQL_COLUMN(email_thread, thread)),
		    sql_column_u64(q, s, SQL_COLUMN(email_thread, mailbox)),
		    (uint32_t)sql_column_u64(q, s, SQL_COLUMN(email_thread,
			uid)) });
		rc = sql_next(q, s, err);
	}
	if (rc > 0)
		sql_end(q, s);
	return rc < 0 ? rc : 0;
}

int
read_emails(struct reader *r, const struct caller *c,
    const struct emails_ask *ask, union store_answer *answer, struct err *err)
{
	struct rd numbers = rd_of(ask->numbers);
	bool cut = false;
	int rc = sql_read_begin(&r->q, err);

	while (rc == 0 && !cut && rd_left(&numbers) >= 8)
		rc = put_places(r, ask->threads ? SQL_email_thread :
		    SQL_email_placed, c->account, rd_le64(&numbers), &cut,
		    err);
	sql_read_end(&r->q);
	answer->emails = (struct emails_answer){ buf_get(&r->rows), cut };
	return rc;
}

/* ---- what became of them ------------------------------------------------- */

/* Columns are looked at, which is quick, and may have more than the snapshot:
 * what came behind it is told the next time, what else happened behind it is
 * told twice. */
struct changed_mailbox {
	uint64_t mailbox, modseq;
};
struct changing {
	struct reader *r;
	uint64_t account, since, modseq;
	struct VEC(struct changed_mailbox) mailboxes;
	struct map emails;	/* that something happened to */
};

/* The account's modseq, and which mailboxes have a later one than `since`. */
static int
find_mailboxes(struct changing *x, struct err *err)
{
	struct sql *q = &x->r->q;
	uint64_t forgotten = 0;
	int rc = sql_number(q, SQL_account_modseq, SQL_VALS(vi(x->account)),
	    &x->modseq, err);

	/* Mailbox 0: of mailboxes that were removed (remove.c). */
	if (rc == 0)
		rc = sql_number(q, SQL_floor_get, SQL_VALS(vi(x->account),
		    vi(0)), &forgotten, err);
	if (rc < 0 || x->since == 0 || x->since > x->modseq)
		return rc;
	if (forgotten > x->since)
		return err_set(err, E_STALE, "a mailbox was removed since");
	rc = sql_first(q, SQL_mailbox_changed, SQL_VALS(vi(x->account),
	    vi(x->since)), err);
	for (; rc > 0; rc = sql_next(q, SQL_mailbox_changed, err))
		vec_push(&x->mailboxes, (struct changed_mailbox){
		    sql_u64(q, mailbox_changed, mailbox),
		    sql_u64(q, mailbox_changed, modseq) });
	return rc;
}

static void
find_emails(struct changing *x, const struct column *c)
{
	for (size_t i = 0; i < c->live.n && x->emails.n <= CHANGES_MAX; i++)
		if (c->live.p[i].modseq > x->since)
			map_put_number(&x->emails, c->live.p[i].email, 0, 0,
			    1);
	for (size_t i = c->dead.n; i > 0; i--) {
		if (c->dead.p[i - 1].expunged <= x->since ||
		    x->emails.n > CHANGES_MAX)
			break;
		map_put_number(&x->emails, c->dead.p[i - 1].email, 0, 0, 1);
	}
}

/* E_BUSY: its last commit is about to get there. */
static int
look_at(struct changing *x, const struct changed_mailbox *m, struct err *err)
{
	struct column *c;
	int rc = columns_get(x->r->e->columns, &x->r->q, x->account,
	    m->mailbox, &c, err);

	if (rc < 0)
		return rc == E_NOTFOUND ? err_set(err, E_STALE,
		    "a mailbox was removed since") : rc;
	pthread_rwlock_rdlock(&c->lock);
	if (c->forgotten > x->since)
		rc = err_set(err, E_STALE, "expunges since then are "
		    "forgotten");
	else if (c->modseq < m->modseq)
		rc = err_set(err, E_BUSY, "a commit is on its way");
	else
		find_emails(x, c);
	pthread_rwlock_unlock(&c->lock);
	columns_put(x->r->e->columns, c);
	return rc;
}

static int
put_change(struct changing *x, uint64_t email, struct err *err)
{
	struct sql *q = &x->r->q;
	struct email_change is = { .email = email,
		.became = EMAIL_DESTROYED };
	uint64_t created = 0;
	int rc = sql_first(q, SQL_email_placed, SQL_VALS(vi(x->account),
	    vi(email)), err);

	if (rc > 0) {
		created = sql_u64(q, email_placed, created);
		is.thread = sql_u64(q, email_placed, thread);
		is.became = created > x->since ? EMAIL_CREATED
					       : EMAIL_UPDATED;
		sql_end(q, SQL_email_placed);
	}
	if (rc < 0 || created > x->modseq)
		return rc < 0 ? rc : 0;
	msg_put(&x->r->rows, &email_change_shape, &is);
	return 0;
}

static int
put_changes(struct changing *x, struct err *err)
{
	struct map_slot *s;
	size_t at = 0;
	int rc = x->emails.n <= CHANGES_MAX ? sql_read_begin(&x->r->q, err) :
	    err_set(err, E_STALE, "more changes than an answer holds");

	while (rc == 0 && (s = map_next(&x->emails, &at)))
		rc = put_change(x, s->a, err);
	sql_read_end(&x->r->q);
	return rc;
}

int
read_changes(struct reader *r, const struct caller *c,
    const struct changes_ask *ask, union store_answer *answer,
    struct err *err)
{
	struct changing x = { .r = r, .account = c->account,
		.since = ask->since };
	int rc = sql_read_begin(&r->q, err), tries;

	if (rc == 0)
		rc = find_mailboxes(&x, err);
	sql_read_end(&r->q);
	for (size_t i = 0; i < x.mailboxes.n && rc == 0; i++) {
		rc = look_at(&x, &x.mailboxes.p[i], err);
		for (tries = 0; rc == E_BUSY && tries < LOOKS_MAX; tries++) {
			(void)usleep(1000);
			rc = look_at(&x, &x.mailboxes.p[i], err);
		}
	}
	if (rc == 0)
		rc = put_changes(&x, err);
	answer->changes = (struct changes_answer){ buf_get(&r->rows),
		x.modseq };
	vec_free(&x.mailboxes);
	map_free(&x.emails);
	return rc;
}
