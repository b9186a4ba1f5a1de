/*
 * copy.c - STORE_copy: all messages of a set to the end of a mailbox, or none.
 *                                                         RFC 3501 6.4.7
 *
 * A copy is an email of its own, with the flags of that moment, which names
 * the same blob; it keeps the id of what it is a copy of. copying.h has how
 * all of them come at once.
 */
#include "store/engine/view.h"
#include "store/mailbox/copying.h"

/* What was moved away has the flags that it has there, whether or not its row
 * here was read again since. */
static int
flags_now(struct copying *c, const struct column *from,
    const struct column_row *row, uint32_t *flags, struct str *words,
    struct err *err)
{
	struct sql *q = &c->e->w;
	int rc = sql_first(q, SQL_email_get, SQL_VALS(vi(from->account),
	    vi(row->email)), err);

	if (rc <= 0)
		return rc;
	*flags = (row->flags & FLAG_deleted) | sql_u32(q, email_get, flags);
	*words = str_dup(c->e->arena, sql_str(q, email_get, keywords));
	sql_end(q, SQL_email_get);
	return 0;
}

/* The next email of the copy is one of this message. */
static int
stage_one(struct copying *c, const struct column *from,
    const struct column_row *row, struct err *err)
{
	struct str words;
	uint32_t flags;
	int rc;

	row = batch_row(c->e, from, row, &words);
	flags = row->flags;
	if ((rc = copying_room(c, row->size, err)) < 0)
		return rc;
	if (c->staged >= c->most)
		return err_set(err, E_INVALID, "more than the view has");
	c->wrote = true;
	/* Who reads it for somebody else has no right to what was there. */
	if (from->reader && row->expunged)
		return err_set(err, E_STALE, "a message is gone");
	if (row->expunged && (rc = flags_now(c, from, row, &flags, &words,
	    err)) < 0)
		return rc;
	rc = copying_seen(c, flags, c->first + c->staged, err);
	/* \Deleted is kept with the other flags until it is placed. */
	if (rc == 0)
		rc = sql_change(&c->e->w, SQL_email_copy, SQL_VALS(
		    vi(c->acct->account), vi(c->first + c->staged),
		    vi(copying_flags(c, flags)),
		    vs(c->rights & RIGHT_w ? words : STR_NULL),
		    vi(from->account), vi(row->email)), err);
	if (rc == 0)
		return err_set(err, E_STALE, "a message is gone for good");
	if (rc > 0)
		rc = sql_run(&c->e->w, SQL_blob_ref, SQL_VALS(vi(row->blob)),
		    err);
	c->staged++;
	uids_add(&c->from_uids, row->uid);
	return rc;
}

static int
stage_set(struct copying *c, const struct copy_ask *ask,
    const struct column *from, struct err *err)
{
	struct arena *a = c->e->arena;
	struct view_on view;
	struct view_set set;
	size_t start, k, i;
	int rc;

	view_make(&view, from, ask->arrivals, ask->expunges, a);
	rc = view_select(&view, ask->set, ask->by_uid, &set, a, err);
	if (rc == 0 && !c->kept)
		copying_reserve(c, view.n);
	start = view_seek(&view, ask->cursor);
	for (k = 0; k < set.n && rc == 0; k++) {
		i = set.range[k].from > start ? set.range[k].from : start;
		for (; i < set.range[k].to && rc == 0; i++) {
			if (!copying_may_go_on(c)) {
				c->next = view_row(&view, i)->uid;
				return 0;
			}
			rc = stage_one(c, from, view_row(&view, i), err);
		}
	}
	return rc;
}

static int
stage_slice(struct copying *c, const struct caller *who,
    const struct copy_ask *ask, struct err *err)
{
	struct column *from;
	int rc = columns_get_as(c->e->columns, &c->e->look, who->account,
	    ask->mailbox, caller_reader(who), &from, err);

	if (rc == E_NOTFOUND)
		return err_set(err, E_STALE, "the mailbox is gone");
	if (rc < 0)
		return rc;
	pthread_rwlock_rdlock(&from->lock);
	rc = stage_set(c, ask, from, err);
	pthread_rwlock_unlock(&from->lock);
	columns_put(c->e->columns, from);
	if (rc < 0 || c->next || !ask->last)
		return rc;
	return copying_decide(c, err);
}

static void
journal(struct copying *c, const struct copy_ask *ask)
{
	if (c->staged)
		batch_journal(c->e, &(struct journal_row){
		    .at_us = c->e->o.wall_us(c->e->o.arg),
		    .event = JOURNAL_copied, .address = c->acct->address,
		    .text = str_first(ask->name, 1000),
		    .code = (uint32_t)c->staged });
}

/* The mailbox it was asked of may be gone by now. */
static int
lesson_of(const struct copying *c, const struct caller *who,
    const struct copy_ask *ask, enum lesson *lesson, struct err *err)
{
	struct mbox *from;
	int rc;

	*lesson = LESSON_none;
	if (who->by)		/* one's own mail alone is a lesson */
		return 0;
	rc = mbox_get(c->e, c->acct->account, ask->mailbox, &from, err);
	return rc == E_NOTFOUND ? 0 : rc < 0 ? rc :
	    mbox_lesson(c->e, from, c->to, lesson, err);
}

int
write_copy(struct engine *e, struct write *w)
{
	const struct copy_ask *ask = w->ask;
	struct copying c;
	enum lesson lesson;
	int rc = copying_open(&c, e, w->caller, ask->copying, ask->name,
	    &w->err);

	if (rc == 0 && c.state == STAGING)
		rc = stage_slice(&c, w->caller, ask, &w->err);
	if (rc == 0)
		rc = copying_close(&c, &w->err);
	if (rc == 0 && copying_done(&c))
		journal(&c, ask);
	if (rc == 0)
		rc = lesson_of(&c, w->caller, ask, &lesson, &w->err);
	if (rc < 0)
		e->half_written |= c.wrote;
	else
		w->answer.copy = (struct copy_answer){
			.uidvalidity = (uint32_t)c.to->uidvalidity,
			.into = caller_to_number(w->caller, c.to->mailbox),
			.lesson = (uint8_t)lesson,
			.from = str_dup(e->arena, buf_get(&c.from_uids)),
			.to = str_dup(e->arena, buf_get(&c.to_uids)),
			.copying = copying_done(&c) ? 0 : c.first,
			.next = c.next };
	copying_free(&c);
	return rc;
}
