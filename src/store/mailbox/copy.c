/*
 * copy.c - STORE_copy: all messages of a set to the end of a mailbox, or none.
 *                                                         RFC 3501 6.4.7
 *
 * A copy is an email of its own, with the flags of that moment, which names
 * the same blob; it keeps the id of what it is a copy of.
 *
 * What fits a commit is one. Else a row of `copying` holds the numbers that the
 * new emails get (first, first + 1, ...), and the copy goes through states:
 *   STAGING   slice by slice the emails are made; no mailbox has them. What
 *             nobody goes on with is dropped after a time.
 *   PLACING   decided: slice by slice they go into the mailbox. What nobody
 *             goes on with the store itself brings to its end.
 *   DROPPING  slice by slice the emails become garbage.
 * So whoever dies in between leaves all of the copies behind, or none.
 *
 * Invariants: the emails from first up to first + staged name their blobs;
 * those from first + placed on have no placement; placed > 0 only in PLACING.
 */
#include "store/engine/engine_int.h"
#include "store/engine/view.h"

enum { SLICE_ROWS = 4000, DROP_ROWS = 1000,
	STAGING_S = 600,	/* nobody asked for so long: drop it */
	PLACING_S = 10 };	/* or do the rest */

enum copying_state { STAGING, PLACING, DROPPING };

struct copying {
	struct engine *e;
	struct acct *acct;
	struct mbox *to;
	uint64_t first, most, staged, placed, octets, state;
	bool kept;		/* it has a row */
	bool wrote;
	int64_t until;
	size_t n;		/* of this slice */
	struct buf from_uids, to_uids;
	uint32_t next;
};

static bool
copy_may_go_on(struct copying *c)
{
	if (c->n >= SLICE_ROWS)
		return false;
	return c->n++ % 64 != 63 || c->e->o.mono_us(c->e->o.arg) < c->until;
}

static int
copying_load(struct copying *c, struct err *err)
{
	struct sql *q = &c->e->w;
	uint64_t mailbox;
	int rc = sql_first(q, SQL_copying_get, SQL_VALS(vi(c->acct->account),
	    vi(c->first)), err);

	if (rc == 0)
		return err_set(err, E_TIMEOUT, "the copy was given up");
	if (rc < 0)
		return rc;
	c->kept = true;
	mailbox = sql_u64(q, copying_get, mailbox);
	c->most = sql_u64(q, copying_get, most);
	c->staged = sql_u64(q, copying_get, staged);
	c->placed = sql_u64(q, copying_get, placed);
	c->octets = sql_u64(q, copying_get, octets);
	c->state = sql_u64(q, copying_get, state);
	sql_end(q, SQL_copying_get);
	return mbox_get(c->e, c->acct->account, mailbox, &c->to, err);
}

/* What is left to do, or that nothing is. */
static int
copying_keep(struct copying *c, bool done, struct err *err)
{
	struct sql *q = &c->e->w;

	if (!done)
		return sql_run(q, SQL_copying_put, SQL_VALS(
		    vi(c->acct->account), vi(c->first), vi(c->to->mailbox),
		    vi(c->most), vi(c->staged), vi(c->placed), vi(c->octets),
		    vi(c->state), vi((uint64_t)c->e->now_s)), err);
	return c->kept ? sql_run(q, SQL_copying_del, SQL_VALS(
	    vi(c->acct->account), vi(c->first)), err) : 0;
}

/* ---- staging ----------------------------------------------------------- */

/* The next email of the copy is one of this message. */
static int
stage_one(struct copying *c, const struct column *from,
    const struct column_row *row, struct err *err)
{
	uint64_t quota = engine_quota(c->e), account = c->acct->account;
	struct str words;
	int rc;

	row = batch_row(c->e, from, row, &words);
	c->octets += row->size;
	if (quota && (c->acct->used > quota ||
	    c->octets > quota - c->acct->used))
		return err_set(err, E_FULL, "over quota");
	if (c->staged >= c->most)
		return err_set(err, E_INVALID, "more than the view has");
	c->wrote = true;
	/* \Deleted is kept with the other flags until it is placed. */
	rc = sql_change(&c->e->w, SQL_email_copy, SQL_VALS(
	    vi(c->first + c->staged), vi(row->flags & FLAG_deleted),
	    vi(account), vi(row->email)), err);
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
	if (rc == 0 && !c->kept) {
		c->first = c->acct->next_email;
		c->most = view.n;
		c->acct->next_email += view.n + 1;
		acct_touch(c->e, c->acct);
	}
	start = view_seek(&view, ask->cursor);
	for (k = 0; k < set.n && rc == 0; k++) {
		i = set.range[k].from > start ? set.range[k].from : start;
		for (; i < set.range[k].to && rc == 0; i++) {
			if (!copy_may_go_on(c)) {
				c->next = view_row(&view, i)->uid;
				return 0;
			}
			rc = stage_one(c, from, view_row(&view, i), err);
		}
	}
	return rc;
}

static int
stage_slice(struct copying *c, const struct copy_ask *ask, struct err *err)
{
	struct column *from;
	int rc = columns_get(c->e->columns, &c->e->look, c->acct->account,
	    ask->mailbox, &from, err);

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
	if (c->to->uidnext + c->staged >= UINT32_MAX)
		return err_set(err, E_LIMIT, "no UIDs left");
	c->state = PLACING;
	return 0;
}

/* ---- placing ----------------------------------------------------------- */

static struct column_row
staged_row(const struct sql *q, uint64_t modseq)
{
	return (struct column_row){
		.flags = sql_u32(q, email_range, flags),
		.modseq = modseq,
		.email = sql_u64(q, email_range, email),
		.blob = sql_u64(q, email_range, blob),
		.size = sql_u64(q, email_range, size),
		.received = sql_i64(q, email_range, received),
		.offset_min = (int32_t)sql_u32(q, email_range, offset_min),
		.prefix_len = sql_u32(q, email_range, prefix_len),
		.thread = sql_u64(q, email_range, thread),
	};
}

static int
place_slice(struct copying *c, struct err *err)
{
	struct sql *q = &c->e->w;
	uint64_t from = c->first + c->placed, modseq;
	struct column_row row;
	struct str words;
	int rc = sql_first(q, SQL_email_range, SQL_VALS(vi(c->acct->account),
	    vi(from), vi(c->first + c->staged)), err);

	if (rc <= 0)
		return rc;
	c->wrote = true;
	modseq = acct_modseq(c->e, c->acct);
	while (rc > 0 && copy_may_go_on(c)) {
		row = staged_row(q, modseq);
		words = str_dup(c->e->arena, sql_str(q, email_range,
		    keywords));
		rc = replace_email(c->e, c->acct, c->to, &row, words, err);
		c->placed++;
		uids_add(&c->to_uids, row.uid);
		if (rc == 0)
			rc = sql_next(q, SQL_email_range, err);
	}
	if (rc != 0)
		sql_end(q, SQL_email_range);
	/* From here on it is the placement's. */
	return rc < 0 ? rc : sql_run(q, SQL_email_range_flags, SQL_VALS(
	    vi(FLAG_deleted), vi(c->acct->account), vi(from),
	    vi(c->first + c->placed)), err);
}

static bool
copying_done(const struct copying *c)
{
	return c->state == PLACING && c->placed == c->staged;
}

/* ---- the call ---------------------------------------------------------- */

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

static int
copy_slice(struct copying *c, const struct copy_ask *ask, struct err *err)
{
	int rc = c->first ? copying_load(c, err) : mbox_find(c->e,
	    c->acct->account, ask->name, &c->to, err);

	if (rc == 0 && c->state == DROPPING)
		rc = err_set(err, E_TIMEOUT, "the copy was given up");
	if (rc == 0 && c->state == STAGING)
		rc = stage_slice(c, ask, err);
	if (rc == 0 && c->state == PLACING)
		rc = place_slice(c, err);
	if (rc == 0 && copying_done(c))
		journal(c, ask);
	return rc < 0 ? rc : copying_keep(c, copying_done(c), err);
}

int
write_copy(struct engine *e, struct write *w)
{
	const struct copy_ask *ask = w->ask;
	struct copying c = { .e = e, .first = ask->copying,
		.until = e->o.mono_us(e->o.arg) + SLICE_US,
		.from_uids = BUF_INIT(MSG_MAX), .to_uids = BUF_INIT(MSG_MAX) };
	int rc = acct_get(e, w->caller->account, &c.acct, &w->err);

	e->copied_us = engine_mono_us(e);
	if (rc == 0)
		rc = copy_slice(&c, ask, &w->err);
	if (rc < 0)
		e->half_written |= c.wrote;
	else
		w->answer.copy = (struct copy_answer){
			.uidvalidity = (uint32_t)c.to->uidvalidity,
			.from = str_dup(e->arena, buf_get(&c.from_uids)),
			.to = str_dup(e->arena, buf_get(&c.to_uids)),
			.copying = copying_done(&c) ? 0 : c.first,
			.next = c.next };
	buf_free(&c.from_uids);
	buf_free(&c.to_uids);
	return rc;
}

/* ---- what nobody goes on with ------------------------------------------ */

/* The last ones of what was staged and not placed. */
static int
drop_slice(struct copying *c, struct err *err)
{
	struct sql *q = &c->e->w;
	uint64_t account = c->acct->account, left = c->staged - c->placed;
	uint64_t n = left < DROP_ROWS ? left : DROP_ROWS;
	uint64_t end = c->first + c->staged;
	int rc = sql_run(q, SQL_garbage_range, SQL_VALS(
	    vi((uint64_t)c->e->now_s), vi(account), vi(end - n), vi(end)),
	    err);

	if (rc == 0)
		rc = sql_run(q, SQL_email_range_drop, SQL_VALS(vi(account),
		    vi(end - n), vi(end)), err);
	c->staged -= n;
	c->state = DROPPING;
	return rc;
}

static int
clean_one(struct copying *c, uint64_t account, struct err *err)
{
	struct mbox gone = { 0 };
	int rc = acct_get(c->e, account, &c->acct, err);

	if (rc == 0)
		rc = copying_load(c, err);
	if (rc == E_NOTFOUND && c->kept) {	/* the mailbox was deleted */
		c->to = &gone;
		c->state = DROPPING;
		rc = 0;
	}
	if (rc < 0)
		return rc;
	rc = c->state == PLACING ? place_slice(c, err) : drop_slice(c, err);
	return rc < 0 ? rc : copying_keep(c, c->placed == c->staged, err);
}

int
copying_clean(struct engine *e, struct err *err)
{
	static const int64_t after_s[] = { [STAGING] = STAGING_S,
		[PLACING] = PLACING_S, [DROPPING] = 0 };
	struct copying c = { .e = e, .from_uids = BUF_INIT(MSG_MAX),
		.to_uids = BUF_INIT(MSG_MAX),
		.until = e->o.mono_us(e->o.arg) + SLICE_US };
	uint64_t account, state = STAGING;
	int rc = 0;

	/* What was asked a moment ago is not given up because the clock has
	 * jumped. */
	if (engine_mono_us(e) - e->copied_us < STAGING_S * 1000000ll)
		state = PLACING;
	for (; state < NELEM(after_s) && rc == 0; state++) {
		rc = sql_first(&e->w, SQL_copying_left, SQL_VALS(
		    vi((uint64_t)engine_since(e, after_s[state])),
		    vi(state)), err);
		if (rc <= 0)
			continue;
		account = sql_u64(&e->w, copying_left, account);
		c.first = sql_u64(&e->w, copying_left, first);
		sql_end(&e->w, SQL_copying_left);
		rc = clean_one(&c, account, err);
		rc = rc < 0 ? rc : 1;
	}
	buf_free(&c.to_uids);
	return rc;
}
