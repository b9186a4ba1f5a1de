#include "store/engine/seen.h"

static int
put_seen(struct engine *e, struct acct *a, uint64_t email, uint64_t reader,
    bool seen, uint64_t modseq, struct err *err)
{
	a->shared = true;
	return sql_run(&e->w, SQL_seen_put, SQL_VALS(vi(a->account),
	    vi(email), vi(reader), vi(seen), vi(modseq)), err);
}

int
seen_begin(struct engine *e, struct acct *a, uint64_t email, uint64_t reader,
    struct err *err)
{
	return put_seen(e, a, email, reader, true, 0, err);
}

int
seen_change(struct engine *e, struct acct *a, struct mbox *m, uint64_t reader,
    const struct column_row *row, struct err *err)
{
	struct fresh *is = arena_alloc(e->arena, sizeof(*is));

	m->modseq = row->modseq;
	mbox_touch(e, m);
	*is = (struct fresh){ *row, STR_NULL };
	map_put(&e->fresh, others_number(reader, 0) | a->account, m->mailbox,
	    row->uid, is);
	batch_op(e, &(struct column_op){ a->account, m->mailbox, COLUMN_SEEN,
	    .row = *row, .reader = reader });
	batch_changed(e, a->account, m->mailbox, row->modseq, CHANGED_flags);
	return put_seen(e, a, row->email, reader, row->flags & FLAG_seen,
	    row->modseq, err);
}

int
seen_placed(struct engine *e, const struct acct *a, const struct mbox *m,
    const struct column_row *row, struct err *err)
{
	struct column_op op = { a->account, m->mailbox, COLUMN_SEEN,
		.row = *row };
	int rc;

	if (!a->shared)
		return 0;
	rc = sql_first(&e->w, SQL_seen_of, SQL_VALS(vi(a->account),
	    vi(row->email)), err);
	for (; rc > 0; rc = sql_next(&e->w, SQL_seen_of, err)) {
		op.reader = sql_u64(&e->w, seen_of, reader);
		op.row.flags = sql_u64(&e->w, seen_of, seen) ? FLAG_seen : 0;
		batch_op(e, &op);
	}
	return rc;
}
