/*
 * flags.c - STORE_flags: system flags and keywords of many messages, a slice
 * at a time.
 */
#include "store/engine/engine_int.h"
#include "store/engine/keywords.h"
#include "store/engine/seen.h"
#include "store/engine/view.h"

enum { ROWS_MAX = 90000, REFUSED_MAX = 39000, SLICE_ROWS = 1000 };

/* A slice of STORE. Repeated says it was done before: only tell the rows. */
struct flagging {
	struct engine *e;
	struct write *w;
	const struct flags_ask *ask;
	struct acct *acct;
	struct mbox *mbox;
	struct column *c;
	struct column *owners;	/* where c is a reader's */
	uint32_t may;		/* FLAG_*: by the rights of who asks */
	bool words;		/* and keywords */
	struct view_on view;
	struct view_set set;
	struct buf rows, was, refused;
	struct str before; /* refused uids of the first time */
	uint32_t next;
	uint64_t modseq;   /* of this slice's changes; 0: none yet */
	size_t n;
};

static int
wanted_flags(struct flagging *f, const struct column_row *row,
    struct str keywords, struct fresh *out)
{
	const struct flags_ask *ask = f->ask;
	struct arena *a = f->e->arena;
	struct err *err = &f->w->err;
	uint32_t flags = ask->flags & f->may;

	out->row = *row;
	out->keywords = keywords;
	if (ask->mode == FLAGS_ADD)
		out->row.flags |= flags;
	else if (ask->mode == FLAGS_REMOVE)
		out->row.flags &= ~flags;
	else
		out->row.flags = (row->flags & ~f->may) | flags;
	if (!f->words)
		return 0;
	if (ask->mode == FLAGS_REMOVE)
		return keywords_without(keywords, ask->keywords, a,
		    &out->keywords, err);
	return keywords_union(ask->mode == FLAGS_ADD ? keywords : STR_NULL,
	    ask->keywords, a, &out->keywords, err);
}

static void
count_flags(struct mbox *m, uint32_t was, uint32_t is)
{
	m->unseen += !(is & FLAG_seen);
	m->unseen -= !(was & FLAG_seen);
	m->deleted += !!(is & FLAG_deleted);
	m->deleted -= !!(was & FLAG_deleted);
}

/* System flags and keywords are the email's, \Deleted the placement's. */
static int
change_flags(struct flagging *f, const struct column_row *was, struct str had,
    struct fresh *is)
{
	struct engine *e = f->e;
	struct column_row *r = &is->row;
	struct column_op op = { f->acct->account, f->mbox->mailbox,
		COLUMN_FLAGS, .keywords = is->keywords };
	int rc = 0;

	if (f->modseq == 0)
		f->modseq = acct_modseq(e, f->acct);
	r->modseq = f->mbox->modseq = f->modseq;
	count_flags(f->mbox, was->flags, r->flags);
	mbox_touch(e, f->mbox);
	if (((was->flags ^ r->flags) & ~(uint32_t)FLAG_deleted) ||
	    !str_eq(had, is->keywords))
		rc = sql_run(&e->w, SQL_email_flag, SQL_VALS(
		    vi(r->flags & ~(uint32_t)FLAG_deleted), vs(is->keywords),
		    vi(op.account), vi(r->email)), &f->w->err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_placement_flag, SQL_VALS(
		    vi(r->modseq), vi(!!(r->flags & FLAG_deleted)),
		    vi(op.account), vi(op.mailbox), vi(r->uid)), &f->w->err);
	op.row = *r;
	batch_op(e, &op);
	map_put(&e->fresh, op.account, op.mailbox, r->uid, is);
	batch_changed(e, op.account, op.mailbox, r->modseq,
	    CHANGED_flags);
	return rc;
}

/* By who is not the owner: what is shared changes as the owner has it, with his
 * \Seen as it is; the other's own \Seen is apart. */
static int
change_as_reader(struct flagging *f, const struct column_row *was,
    struct str had, struct fresh *is)
{
	size_t i = column_seek(f->owners, is->row.uid);
	struct fresh *both = arena_alloc(f->e->arena, sizeof(*both));
	const struct column_row *owners;
	struct str words;
	int rc = 0;

	if (i == f->owners->live.n || f->owners->live.p[i].uid != is->row.uid)
		return 0;	/* gone, also in this batch */
	owners = batch_row(f->e, f->owners, &f->owners->live.p[i], &words);
	if (((was->flags ^ is->row.flags) & ~(uint32_t)FLAG_seen) ||
	    !str_eq(had, is->keywords)) {
		*both = (struct fresh){ *owners, is->keywords };
		both->row.flags = (is->row.flags & ~(uint32_t)FLAG_seen) |
		    (owners->flags & FLAG_seen);
		rc = change_flags(f, owners, words, both);
	}
	if (f->modseq == 0)
		f->modseq = acct_modseq(f->e, f->acct);
	is->row.modseq = f->modseq;
	if (rc == 0 && ((was->flags ^ is->row.flags) & FLAG_seen))
		rc = seen_change(f->e, f->acct, f->mbox, f->c->reader,
		    &is->row, &f->w->err);
	return rc;
}

static bool
was_refused(const struct flagging *f, uint32_t uid)
{
	struct rd r = rd_of(f->before);

	while (rd_left(&r) > 0)
		if (rd_le32(&r) == uid)
			return true;
	return false;
}

static int
flag_one(struct flagging *f, size_t i)
{
	const struct column_row *row;
	struct fresh *is;
	struct str had;
	int rc;

	row = batch_row(f->e, f->c, view_row(&f->view, i), &had);
	if (row->expunged || (f->w->repeated && was_refused(f, row->uid)))
		return 0;
	if (!f->w->repeated && row->modseq > f->ask->unchanged_since) {
		buf_le32(&f->refused, row->uid);
		return 0;
	}
	is = arena_alloc(f->e->arena, sizeof(*is));
	rc = f->w->repeated ? 0 : wanted_flags(f, row, had, is);
	if (rc < 0)
		return rc;
	if (f->w->repeated) {
		is->row = *row;
		is->keywords = had;
	} else if (is->row.flags != row->flags ||
	    !str_eq(is->keywords, had)) {
		rc = f->owners ? change_as_reader(f, row, had, is) :
		    change_flags(f, row, had, is);
	}
	buf_le64(&f->was, f->w->repeated ? UINT64_MAX : row->modseq);
	view_put_row(&f->rows, (uint32_t)i + 1, &is->row, is->keywords,
	    &brings_nothing);
	return rc;
}

/* Room in the answer, in the slice, and in what sync may tell at once. */
static bool
may_go_on(const struct flagging *f, int64_t until)
{
	return f->n < SLICE_ROWS &&
	    f->rows.n + KEYWORDS_MAX + 100 < ROWS_MAX &&
	    f->refused.n < REFUSED_MAX && (f->n % 64 != 63 ||
	    f->e->o.mono_us(f->e->o.arg) < until);
}

static int
flag_each(struct flagging *f)
{
	size_t from = view_seek(&f->view, f->ask->cursor), k, i;
	int64_t until = f->e->o.mono_us(f->e->o.arg) + SLICE_US;
	int rc = 0;

	for (k = 0; k < f->set.n && rc == 0; k++) {
		i = f->set.range[k].from > from ? f->set.range[k].from : from;
		for (; i < f->set.range[k].to && rc == 0; i++, f->n++) {
			if (!may_go_on(f, until)) {
				f->next = view_row(&f->view, i)->uid;
				return 0;
			}
			rc = flag_one(f, i);
		}
	}
	return rc;
}

/* What is kept of the answer: where it ended and whom it refused. */
static void
keep_slice(struct flagging *f)
{
	auto_buf b = BUF_INIT(MSG_MAX);

	buf_le32(&b, f->next);
	buf_str(&b, buf_get(&f->refused));
	f->w->kept = str_dup(f->e->arena, buf_get(&b));
}

static void
fill_answer(struct flagging *f)
{
	struct flags_answer *out = &f->w->answer.flags;

	out->rows = str_dup(f->e->arena, buf_get(&f->rows));
	out->was = str_dup(f->e->arena, buf_get(&f->was));
	out->refused = str_dup(f->e->arena,
	    f->w->repeated ? f->before : buf_get(&f->refused));
	out->next = f->next;
	out->modseq = f->mbox->modseq;
}

static int
slice(struct flagging *f)
{
	const struct flags_ask *ask = f->ask;
	uint32_t next = 0;
	struct rd r;
	int rc;

	view_make(&f->view, f->c, ask->arrivals, ask->expunges, f->e->arena);
	rc = view_select(&f->view, ask->set, ask->by_uid, &f->set,
	    f->e->arena, &f->w->err);
	if (rc == 0 && f->w->repeated) {
		r = rd_of(f->w->kept);
		next = rd_le32(&r);
		f->before = rd_rest(&r);
	}
	if (rc == 0)
		rc = flag_each(f);
	if (f->w->repeated && next)
		f->next = next;
	if (rc == 0 && !f->w->repeated)
		keep_slice(f);
	if (rc == 0)
		fill_answer(f);
	if (rc < 0 && f->modseq)
		f->e->half_written = true;
	return rc;
}

/* A keyword list that cannot be kept is found before anything is written. */
static int
check_flags(struct flagging *f)
{
	const struct flags_ask *ask = f->ask;
	struct err *err = &f->w->err;
	struct str words;
	uint64_t reader = caller_reader(f->w->caller);
	int rc;

	if (ask->mode > FLAGS_REMOVE || ask->flags > 31)
		return err_set(err, E_INVALID, "no such flags");
	/* One of them that may be is enough. RFC 4314 4, STORE */
	f->may = flags_allowed(caller_rights(f->w->caller), UINT32_MAX);
	f->words = f->may & FLAG_flagged;
	if (!(ask->flags & f->may) && !(f->words && ask->keywords.n) &&
	    (ask->mode == FLAGS_SET ? !f->may : ask->flags ||
	    ask->keywords.n))
		return err_set(err, E_NORIGHT, "no right to these flags");
	rc = keywords_union(STR_NULL, ask->keywords, f->e->arena, &words,
	    err);
	if (rc == 0)
		rc = acct_get(f->e, f->w->caller->account, &f->acct, err);
	if (rc == 0)
		rc = mbox_get(f->e, f->acct->account, ask->mailbox, &f->mbox,
		    err);
	if (rc == 0)
		rc = columns_get_as(f->e->columns, &f->e->look,
		    f->acct->account, ask->mailbox, reader, &f->c, err);
	if (rc == 0 && reader)
		rc = columns_get(f->e->columns, &f->e->look,
		    f->acct->account, ask->mailbox, &f->owners, err);
	if (rc < 0)
		columns_put(f->e->columns, f->c);
	return rc;
}

int
write_flags(struct engine *e, struct write *w)
{
	struct flagging f = { .e = e, .w = w, .ask = w->ask,
		.rows = BUF_INIT(MSG_MAX), .was = BUF_INIT(MSG_MAX),
		.refused = BUF_INIT(MSG_MAX) };
	int rc = check_flags(&f);

	if (rc < 0)
		return rc;
	pthread_rwlock_rdlock(&f.c->lock);
	if (f.owners)
		pthread_rwlock_rdlock(&f.owners->lock);
	rc = slice(&f);
	if (f.owners)
		pthread_rwlock_unlock(&f.owners->lock);
	pthread_rwlock_unlock(&f.c->lock);
	columns_put(e->columns, f.owners);
	columns_put(e->columns, f.c);
	buf_free(&f.rows);
	buf_free(&f.was);
	buf_free(&f.refused);
	return rc;
}
