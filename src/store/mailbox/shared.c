/*
 * shared.c - STORE_shared: the mailboxes of others that somebody may look up.
 */
#include "store/engine/engine_int.h"

enum { MAILBOXES_A_PAGE = 200 };

struct sharing {
	struct reader *r;
	const struct caller *c;
	struct found {
		struct shared_row row;
		uint64_t account, mailbox;
		uint32_t has, not;
	} *found;
	size_t n;
};

/* The rows of one mailbox stand together. */
static struct found *
found_of_row(struct sharing *s)
{
	struct sql *q = &s->r->q;
	uint64_t account = sql_u64(q, shared_list, account);
	uint64_t mailbox = sql_u64(q, shared_list, mailbox);
	struct found *f = s->n ? &s->found[s->n - 1] : NULL;

	if (f && f->account == account && f->mailbox == mailbox)
		return f;
	if (s->n == MAILBOXES_A_PAGE)
		return NULL;
	f = &s->found[s->n++];
	*f = (struct found){ .account = account, .mailbox = mailbox,
		.row = { .mailbox = others_number(account, mailbox),
		    .owner = str_dup(s->r->arena, sql_str(q, shared_list,
			owner)),
		    .name = str_dup(s->r->arena, sql_str(q, shared_list,
			name)),
		    .uidvalidity = sql_u32(q, shared_list, uidvalidity),
		    .uidnext = sql_u32(q, shared_list, uidnext),
		    .exists = sql_u32(q, shared_list, messages),
		    .deleted = sql_u32(q, shared_list, deleted),
		    .size = sql_u64(q, shared_list, size),
		    .modseq = sql_u64(q, shared_list, modseq) } };
	return f;
}

static int
find_shared(struct sharing *s, const struct shared_ask *ask,
    struct shared_answer *out, struct err *err)
{
	struct sql *q = &s->r->q;
	struct found *f;
	int rc = sql_first(q, SQL_shared_list, SQL_VALS(vi(s->c->account),
	    vs(ask->owner), vs(ask->after)), err);

	for (; rc > 0; rc = sql_next(q, SQL_shared_list, err)) {
		f = found_of_row(s);
		if (!f) {
			out->owner = s->found[s->n - 1].row.owner;
			out->after = s->found[s->n - 1].row.name;
			sql_end(q, SQL_shared_list);
			return 0;
		}
		if (sql_u32(q, shared_list, negative))
			f->not |= sql_u32(q, shared_list, rights);
		else
			f->has |= sql_u32(q, shared_list, rights);
	}
	return rc;
}

static int
count_unseen(struct sharing *s, struct found *f, struct err *err)
{
	struct column *col;
	int rc = columns_get_as(s->r->e->columns, &s->r->q, f->account,
	    f->mailbox, s->c->account, &col, err);

	if (rc < 0)
		return rc == E_NOTFOUND ? 0 : rc;
	pthread_rwlock_rdlock(&col->lock);
	f->row.unseen = column_unseen(col);
	pthread_rwlock_unlock(&col->lock);
	columns_put(s->r->e->columns, col);
	return 0;
}

static int
put_found(struct sharing *s, struct found *f, bool counted, struct err *err)
{
	struct shared_row *row = &f->row;
	int rc = 0;

	row->rights = f->has & ~f->not & RIGHTS_all;
	if (!(row->rights & RIGHT_l))
		return 0;
	if (!(row->rights & RIGHT_r))
		*row = (struct shared_row){ row->mailbox, row->owner,
			row->name, row->rights };
	else if (counted)
		rc = count_unseen(s, f, err);
	msg_put(&s->r->rows, &shared_row_shape, row);
	return rc;
}

int
read_shared(struct reader *r, const struct caller *c,
    const struct shared_ask *ask, union store_answer *answer, struct err *err)
{
	struct sharing s = { r, c, arena_array(r->arena, MAILBOXES_A_PAGE,
	    sizeof(*s.found)), 0 };
	int rc = find_shared(&s, ask, &answer->shared, err);

	for (size_t i = 0; i < s.n && rc == 0; i++)
		rc = put_found(&s, &s.found[i], ask->counted, err);
	answer->shared.rows = buf_get(&r->rows);
	return rc;
}
