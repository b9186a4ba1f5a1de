/*
 * expunge.c - STORE_expunge: messages become tombstones, and their emails
 * garbage.
 */
#include "store/engine/quota.h"
#include "store/engine/view.h"

enum { SLICE_ROWS = 4000 };

struct expunging {
	struct engine *e;
	struct write *w;
	const struct expunge_ask *ask;
	struct acct *acct;
	struct mbox *mbox;
	struct column *c;
	struct view_on view;
	uint64_t modseq;
	uint32_t n;
	bool more;
};

static void
count_unplaced(struct engine *e, struct acct *a, struct mbox *m,
    const struct column_row *r)
{
	m->messages--;
	m->deleted -= !!(r->flags & FLAG_deleted);
	m->unseen -= !(r->flags & FLAG_seen);
	m->size -= r->size;
	m->recent -= r->uid >= m->recent_from;
	acct_count(e, a, (uint64_t)-1, -r->size);
}

int
unplace_email(struct engine *e, struct acct *a, struct mbox *m,
    const struct column_row *row, struct str keywords, uint64_t modseq,
    struct err *err)
{
	struct fresh *is = arena_alloc(e->arena, sizeof(*is));
	struct column_op op = { a->account, m->mailbox, COLUMN_EXPUNGE,
		.row = *row, .keywords = STR_NULL };

	count_unplaced(e, a, m, row);
	m->modseq = modseq;
	mbox_touch(e, m);
	op.row.modseq = op.row.expunged = modseq;
	batch_op(e, &op);
	*is = (struct fresh){ op.row, keywords };
	map_put(&e->fresh, op.account, op.mailbox, row->uid, is);
	batch_changed(e, op.account, op.mailbox, modseq,
	    CHANGED_gone);
	return sql_run(&e->w, SQL_placement_expunge, SQL_VALS(vi(modseq),
	    vi(op.account), vi(op.mailbox), vi(row->uid)), err);
}

int
expunge_email(struct engine *e, struct acct *a, struct mbox *m,
    const struct column_row *row, struct str words, uint64_t modseq,
    after_expunge *then, struct err *err)
{
	int rc = unplace_email(e, a, m, row, words, modseq, err);

	if (rc == 0)
		rc = sql_run(&e->w, SQL_email_unplace, SQL_VALS(
		    vi(a->account), vi(row->email)), err);
	return rc < 0 ? rc : then(e, a->account, row->email, err);
}

static int
expunge(struct expunging *x, const struct column_row *row, struct str words)
{
	if (x->modseq == 0)
		x->modseq = acct_modseq(x->e, x->acct);
	x->n++;
	return expunge_email(x->e, x->acct, x->mbox, row, words, x->modseq,
	    retire_email, &x->w->err);
}

static int
expunge_one(struct expunging *x, size_t i)
{
	const struct column_row *row;
	struct str words;

	row = batch_row(x->e, x->c, view_row(&x->view, i), &words);
	if (row->expunged || !(x->ask->any || row->flags & FLAG_deleted))
		return 0;
	if (x->n >= SLICE_ROWS) {
		x->more = true;
		return 0;
	}
	return expunge(x, row, words);
}

static int
expunge_each(struct expunging *x)
{
	struct str all = str_make("\1\0\0\0\xff\xff\xff\xff", 8);
	struct arena *a = x->e->arena;
	struct view_set set;
	size_t k, i;
	int rc;

	view_make(&x->view, x->c, x->ask->arrivals, x->ask->expunges, a);
	rc = view_select(&x->view, x->ask->set.n ? x->ask->set : all, true,
	    &set, a, &x->w->err);
	for (k = 0; rc == 0 && k < set.n; k++)
		for (i = set.range[k].from; i < set.range[k].to && rc == 0 &&
		     !x->more; i++)
			rc = expunge_one(x, i);
	return rc;
}

static int
expunge_slice(struct expunging *x)
{
	struct err *err = &x->w->err;
	int rc = acct_get(x->e, x->w->caller->account, &x->acct, err);

	if (rc == 0)
		rc = mbox_get(x->e, x->acct->account, x->ask->mailbox,
		    &x->mbox, err);
	if (rc == 0)
		rc = columns_get(x->e->columns, &x->e->look,
		    x->acct->account, x->ask->mailbox, &x->c, err);
	if (rc < 0)
		return rc;
	pthread_rwlock_rdlock(&x->c->lock);
	rc = expunge_each(x);
	pthread_rwlock_unlock(&x->c->lock);
	columns_put(x->e->columns, x->c);
	return rc;
}

int
write_expunge(struct engine *e, struct write *w)
{
	struct expunging x = { .e = e, .w = w, .ask = w->ask };
	struct expunge_answer *out = &w->answer.expunge;
	int rc;

	if (x.ask->any && x.ask->set.n == 0)
		return err_set(&w->err, E_INVALID, "which messages?");
	rc = expunge_slice(&x);
	if (rc < 0)
		return rc;
	out->expunged = x.n;
	out->more = x.more;
	if (x.n)
		batch_journal(e, &(struct journal_row){
		    .at_us = e->o.wall_us(e->o.arg),
		    .event = JOURNAL_expunged, .address = x.acct->address,
		    .code = x.n });
	return 0;
}
