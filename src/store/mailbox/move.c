/*
 * move.c - STORE_move: messages go from one mailbox to the end of another, a
 * slice at a time.                                             RFC 6851
 *
 * It is the same email afterwards: each is in exactly one of the two.
 */
#include "store/engine/engine_int.h"
#include "store/engine/view.h"

enum { SLICE_ROWS = 2000 };

struct moving {
	struct engine *e;
	const struct move_ask *ask;
	struct acct *acct;
	struct mbox *from, *to;
	struct moved_row {
		struct column_row row;
		struct str keywords;
	} *moved;
	size_t n;
	uint64_t modseq;
	int64_t until;
	struct buf from_uids, to_uids;
	uint32_t next, gone;
};

/* Its new place. It leaves the old one after all of the slice have come, so
 * that the columns change in two runs. */
static int
move_one(struct moving *m, const struct column *c,
    const struct column_row *row, struct err *err)
{
	struct moved_row *old = &m->moved[m->n];
	struct column_row is;
	struct str words;

	row = batch_row(m->e, c, row, &words);
	/* Somebody else was first. */
	if (row->expunged) {
		m->gone++;
		return 0;
	}
	m->n++;
	*old = (struct moved_row){ *row, str_dup(m->e->arena, words) };
	is = *row;
	is.modseq = m->modseq;
	uids_add(&m->from_uids, row->uid);
	uids_add(&m->to_uids, (uint32_t)m->to->uidnext);
	return replace_email(m->e, m->acct, m->to, &is, old->keywords, err);
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
	m->modseq = acct_modseq(m->e, m->acct);
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
	int rc = 0;

	for (size_t i = 0; i < m->n && rc == 0; i++)
		rc = unplace_email(m->e, m->acct, m->from, &m->moved[i].row,
		    m->moved[i].keywords, m->modseq, err);
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
	int rc = mbox_find(m->e, m->acct->account, m->ask->name, &m->to, err);

	if (rc < 0)
		return rc;
	if (m->to->uidnext + SLICE_ROWS >= UINT32_MAX)
		return err_set(err, E_LIMIT, "no UIDs left");
	rc = mbox_get(m->e, m->acct->account, m->ask->mailbox, &m->from, err);
	if (rc == 0)
		rc = columns_get(m->e->columns, &m->e->look,
		    m->acct->account, m->ask->mailbox, &c, err);
	if (rc == E_NOTFOUND)
		return err_set(err, E_STALE, "the mailbox is gone");
	if (rc < 0)
		return rc;
	pthread_rwlock_rdlock(&c->lock);
	rc = move_set(m, c, err);
	pthread_rwlock_unlock(&c->lock);
	columns_put(m->e->columns, c);
	return rc < 0 ? rc : move_away(m, err);
}

int
write_move(struct engine *e, struct write *w)
{
	struct moving m = { .e = e, .ask = w->ask,
		.until = e->o.mono_us(e->o.arg) + SLICE_US / 2,
		.from_uids = BUF_INIT(MSG_MAX), .to_uids = BUF_INIT(MSG_MAX) };
	enum lesson lesson;
	int rc = acct_get(e, w->caller->account, &m.acct, &w->err);

	if (rc == 0)
		rc = move_slice(&m, &w->err);
	if (rc == 0)
		rc = mbox_lesson(e, m.from, m.to, &lesson, &w->err);
	if (rc < 0)
		e->half_written |= m.n > 0;
	else
		w->answer.move = (struct move_answer){
			.uidvalidity = (uint32_t)m.to->uidvalidity,
			.into = m.to->mailbox,
			.lesson = (uint8_t)lesson,
			.from = str_dup(e->arena, buf_get(&m.from_uids)),
			.to = str_dup(e->arena, buf_get(&m.to_uids)),
			.next = m.next, .gone = m.gone };
	buf_free(&m.from_uids);
	buf_free(&m.to_uids);
	return rc;
}
