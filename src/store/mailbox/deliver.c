/*
 * deliver.c - a message in a mailbox: its email, its placement, the counters.
 */
#include "store/engine/quota.h"
#include "store/engine/seen.h"

int
place_email(struct engine *e, struct acct *a, struct mbox *m,
    struct column_row *row, struct str keywords, struct err *err)
{
	uint64_t deleted = !!(row->flags & FLAG_deleted);
	struct column_op op = { a->account, m->mailbox, COLUMN_ADD,
		.keywords = keywords };
	int rc;

	row->uid = (uint32_t)m->uidnext++;
	row->created = m->modseq = row->modseq;
	row->expunged = 0;
	row->saved = (uint32_t)e->now_s;
	m->messages++;
	m->unseen += !(row->flags & FLAG_seen);
	m->deleted += deleted;
	m->recent++;
	m->size += row->size;
	acct_count(e, a, 1, row->size);
	mbox_touch(e, m);
	op.row = *row;
	batch_op(e, &op);
	batch_changed(e, a->account, m->mailbox, m->modseq,
	    CHANGED_arrived);
	rc = sql_run(&e->w, SQL_placement_add, SQL_VALS(vi(a->account),
	    vi(m->mailbox), vi(row->uid), vi(row->email), vi(row->created),
	    vi(deleted), vi(row->saved)), err);
	return rc < 0 ? rc : seen_placed(e, a, m, row, err);
}

int
replace_email(struct engine *e, struct acct *a, struct mbox *m,
    struct column_row *row, struct str keywords, struct err *err)
{
	int rc = place_email(e, a, m, row, keywords, err);

	return rc < 0 ? rc : sql_run(&e->w, SQL_email_place, SQL_VALS(
	    vi(m->mailbox), vi(row->uid), vi(row->created),
	    vi(a->account), vi(row->email)), err);
}

/* flags: those of the email's own; created 0: it has no placement yet. */
static int
email_insert(struct engine *e, const struct placing *d,
    const struct column_row *row, uint32_t flags, struct err *err)
{
	return sql_run(&e->w, SQL_email_add, SQL_VALS(
	    vi(d->acct->account), vi(row->email), vi(d->blob), vi(flags),
	    vi((uint64_t)d->received), vi((uint64_t)(int64_t)d->offset_min),
	    vi(d->size), vs(d->prefix), vs(d->keywords), vi(d->front),
	    vi(row->created ? d->mbox->mailbox : 0), vi(row->uid),
	    vi(row->created), vi(row->thread), vs(d->uidl)), err);
}

int
deliver(struct engine *e, const struct placing *d, uint32_t *uid,
    struct err *err)
{
	struct acct *a = d->acct;
	struct column_row row = { .flags = d->flags,
		.modseq = acct_modseq(e, a), .email = a->next_email++,
		.blob = d->blob, .size = d->size, .received = d->received,
		.offset_min = d->offset_min,
		.prefix_len = (uint32_t)d->prefix.n + d->front };
	int rc = conversation_find(e, a->account, row.email, d->thread_keys,
	    &row.thread, err);

	if (rc == 0 && d->seen_by)
		rc = seen_begin(e, a, row.email, d->seen_by, err);
	if (rc == 0)
		rc = place_email(e, a, d->mbox, &row, d->keywords, err);
	*uid = row.uid;
	return rc < 0 ? rc : email_insert(e, d, &row,
	    d->flags & ~(uint32_t)FLAG_deleted, err);
}

int
deliver_nowhere(struct engine *e, const struct placing *d, uint64_t email,
    struct err *err)
{
	struct column_row row = { .email = email };
	int rc = conversation_find(e, d->acct->account, email,
	    d->thread_keys, &row.thread, err);

	if (rc == 0 && d->seen_by)
		rc = seen_begin(e, d->acct, email, d->seen_by, err);
	/* \Deleted is kept with the other flags until it is placed. */
	return rc < 0 ? rc : email_insert(e, d, &row, d->flags, err);
}

int
blob_insert(struct engine *e, const struct place *at, uint64_t refs,
    struct err *err)
{
	return sql_run(&e->w, SQL_blob_add, SQL_VALS(vi(at->blob),
	    vi(at->pack), vi(at->at), vi(at->length), vi(at->facts),
	    vi(at->crc), vi(refs), vi(at->front)), err);
}
