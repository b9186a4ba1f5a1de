/*
 * move.c - STORE_move: messages go from one mailbox to the end of another, a
 * slice at a time.                                             RFC 6851
 *
 * It is the same email afterwards: each is in exactly one of the two. Where one
 * of the mailboxes is not the asker's, it is a copy and the end of what it is a
 * copy of, so that rights to the second one are all that counts there.
 */
#include "store/engine/quota.h"
#include "store/engine/seen.h"
#include "store/engine/view.h"

enum { SLICE_ROWS = 2000 };

struct moving {
	struct engine *e;
	const struct move_ask *ask;
	const struct caller *who;
	struct acct *acct, *to_acct;
	struct mbox *from, *to;
	struct column *as;	/* of a reader, for what he has seen; NULL */
	struct moved_row {
		struct column_row row;
		struct str keywords;
	} *moved;
	size_t n;
	uint64_t octets;	/* of these */
	uint64_t modseq, to_modseq;
	int64_t until;
	struct buf from_uids, to_uids;
	uint32_t next, gone;
};

/* As who asks sees them. */
static uint32_t
flags_seen(const struct moving *m, const struct column_row *row)
{
	size_t i = m->as ? column_seek(m->as, row->uid) : 0;
	struct str words;

	if (!m->as || i == m->as->live.n || m->as->live.p[i].uid != row->uid)
		return row->flags;
	return batch_row(m->e, m->as, &m->as->live.p[i], &words)->flags;
}

/* Another email, for its place in *is, which the rights there let have less
 * than the one it is made of. RFC 4314 4 */
static int
make_another(struct moving *m, const struct column_row *row,
    struct column_row *is, struct str *words, struct err *err)
{
	uint32_t rights = caller_to_rights(m->who);
	uint64_t reader = caller_to_reader(m->who);
	int rc = 0;

	if (m->acct != m->to_acct)
		rc = quota_check(m->e, m->to_acct, 1, row->size,
		    &(struct leaving){ m->acct, m->n, m->octets }, err);
	if (rc < 0)
		return rc;
	is->email = m->to_acct->next_email++;
	if (m->acct != m->to_acct)
		is->thread = is->email;
	is->flags = flags_allowed(rights, flags_seen(m, row));
	if (!(rights & RIGHT_w))
		*words = STR_NULL;
	if (reader && is->flags & FLAG_seen)
		rc = seen_begin(m->e, m->to_acct, is->email, reader, err);
	if (reader)
		is->flags &= ~(uint32_t)FLAG_seen;
	if (rc == 0)
		rc = sql_change(&m->e->w, SQL_email_copy, SQL_VALS(
		    vi(m->to_acct->account), vi(is->email),
		    vi(is->flags & ~(uint32_t)FLAG_deleted), vs(*words),
		    vi(m->acct->account), vi(row->email)), err);
	if (rc == 0)
		return err_set(err, E_STALE, "a message is gone for good");
	return rc < 0 ? rc : sql_run(&m->e->w, SQL_blob_ref, SQL_VALS(
	    vi(row->blob)), err);
}

/* Its new place. It leaves the old one after all of the slice have come, so
 * that the columns change in two runs. */
static int
move_one(struct moving *m, const struct column *c,
    const struct column_row *row, struct err *err)
{
	struct moved_row *old = &m->moved[m->n];
	struct column_row is;
	struct str words;
	int rc = 0;

	row = batch_row(m->e, c, row, &words);
	/* Somebody else was first. */
	if (row->expunged) {
		m->gone++;
		return 0;
	}
	m->n++;
	m->octets += row->size;
	*old = (struct moved_row){ *row, str_dup(m->e->arena, words) };
	is = *row;
	is.modseq = m->to_modseq;
	words = old->keywords;
	if (m->who->by)
		rc = make_another(m, row, &is, &words, err);
	if (rc < 0)
		return rc;
	uids_add(&m->from_uids, row->uid);
	uids_add(&m->to_uids, (uint32_t)m->to->uidnext);
	return replace_email(m->e, m->to_acct, m->to, &is, words, err);
}

static bool
move_may_go_on(const struct moving *m)
{
	return m->n < SLICE_ROWS && (m->n % 64 != 63 ||
	    m->e->o.mono_us(m->e->o.arg) < m->until);
}

static int
move_set(struct moving *m, const struct column *c, struct err *err)
{
	const struct move_ask *ask = m->ask;
	struct arena *a = m->e->arena;
	struct view_on view;
	struct view_set set;
	size_t start, k, i;
	int rc;

	view_make(&view, c, ask->arrivals, ask->expunges, a);
	rc = view_select(&view, ask->set, ask->by_uid, &set, a, err);
	if (rc < 0)
		return rc;
	m->moved = arena_array(a, SLICE_ROWS, sizeof(*m->moved));
	m->modseq = m->to_modseq = acct_modseq(m->e, m->acct);
	if (m->to_acct != m->acct)
		m->to_modseq = acct_modseq(m->e, m->to_acct);
	start = view_seek(&view, ask->cursor);
	for (k = 0; k < set.n && rc == 0; k++) {
		i = set.range[k].from > start ? set.range[k].from : start;
		for (; i < set.range[k].to && rc == 0; i++) {
			if (!move_may_go_on(m)) {
				m->next = view_row(&view, i)->uid;
				return 0;
			}
			rc = move_one(m, c, view_row(&view, i), err);
		}
	}
	return rc;
}

static int
move_away(struct moving *m, struct err *err)
{
	const struct moved_row *x = m->moved;
	int rc = 0;

	for (; x < m->moved + m->n && rc == 0; x++)
		rc = m->who->by ? expunge_email(m->e, m->acct, m->from,
		    &x->row, x->keywords, m->modseq, retire_email, err) :
		    unplace_email(m->e, m->acct, m->from, &x->row,
		    x->keywords, m->modseq, err);
	if (m->n)
		batch_journal(m->e, &(struct journal_row){
		    .at_us = m->e->o.wall_us(m->e->o.arg),
		    .event = JOURNAL_moved, .address = m->acct->address,
		    .text = str_first(m->ask->name, 1000),
		    .code = (uint32_t)m->n });
	return rc;
}

static int
move_slice(struct moving *m, struct err *err)
{
	struct column *c;
	int rc = acct_get(m->e, caller_to(m->who), &m->to_acct, err);

	if (rc == 0)
		rc = mbox_find(m->e, m->to_acct->account, m->ask->name,
		    &m->to, err);
	if (rc < 0)
		return rc;
	if (m->to->uidnext + SLICE_ROWS >= UINT32_MAX)
		return err_set(err, E_LIMIT, "no UIDs left");
	rc = mbox_get(m->e, m->acct->account, m->ask->mailbox, &m->from, err);
	if (rc == 0)
		rc = columns_get(m->e->columns, &m->e->look,
		    m->acct->account, m->ask->mailbox, &c, err);
	if (rc == 0 && caller_reader(m->who)) {
		rc = columns_get_as(m->e->columns, &m->e->look,
		    m->acct->account, m->ask->mailbox,
		    caller_reader(m->who), &m->as, err);
		if (rc < 0)
			columns_put(m->e->columns, c);
	}
	if (rc == E_NOTFOUND)
		return err_set(err, E_STALE, "the mailbox is gone");
	if (rc < 0)
		return rc;
	/* The writer alone changes m->as, too. */
	pthread_rwlock_rdlock(&c->lock);
	rc = move_set(m, c, err);
	pthread_rwlock_unlock(&c->lock);
	columns_put(m->e->columns, c);
	columns_put(m->e->columns, m->as);
	return rc < 0 ? rc : move_away(m, err);
}

int
write_move(struct engine *e, struct write *w)
{
	struct moving m = { .e = e, .who = w->caller, .ask = w->ask,
		.until = e->o.mono_us(e->o.arg) + SLICE_US / 2,
		.from_uids = BUF_INIT(MSG_MAX), .to_uids = BUF_INIT(MSG_MAX) };
	enum lesson lesson = LESSON_none;
	int rc = acct_get(e, w->caller->account, &m.acct, &w->err);

	if (rc == 0)
		rc = move_slice(&m, &w->err);
	if (rc == 0 && !w->caller->by)
		rc = mbox_lesson(e, m.from, m.to, &lesson, &w->err);
	if (rc < 0)
		e->half_written |= m.n > 0;
	else
		w->answer.move = (struct move_answer){
			.uidvalidity = (uint32_t)m.to->uidvalidity,
			.into = caller_to_number(w->caller, m.to->mailbox),
			.lesson = (uint8_t)lesson,
			.from = str_dup(e->arena, buf_get(&m.from_uids)),
			.to = str_dup(e->arena, buf_get(&m.to_uids)),
			.next = m.next, .gone = m.gone };
	buf_free(&m.from_uids);
	buf_free(&m.to_uids);
	return rc;
}
