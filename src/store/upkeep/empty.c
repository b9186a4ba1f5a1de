/*
 * empty.c - what has been in a mailbox for junk, or for what was thrown away,
 * as long as the operator says (struct age_settings) is expunged.
 *
 * All such mailboxes in turn, a round an hour. Messages come to the end of a
 * mailbox, so those that have been there the longest are its first ones; how
 * long one has been there that came before `saved` was kept nobody knows, and
 * it stays. So does what came when the clock was ahead, until then.
 */
#include "store/upkeep/upkeep_int.h"

enum { ROUND_S = 3600, UIDS_A_SLICE = 500 };

struct emptying {
	struct engine *e;
	uint64_t account, mailbox;
	struct str name;	/* in the batch's arena */
	uint32_t *uids;		/* there, too */
	size_t n;
};

static uint32_t
age_of(const uint32_t *s)
{
	return __atomic_load_n(s, __ATOMIC_RELAXED);
}

/* What has an age, of these uses: the lower one, and which. */
static uint32_t
age_by_use(const struct engine *e, uint32_t uses, uint32_t *found)
{
	const struct { uint32_t use, age_s; } t[] = {
		{ SPECIAL_junk, age_of(&e->o.ages.junk_s) },
		{ SPECIAL_trash, age_of(&e->o.ages.trash_s) } };
	uint32_t age_s = UINT32_MAX;

	*found = 0;
	for (size_t i = 0; i < NELEM(t); i++)
		if (t[i].age_s && uses & t[i].use) {
			*found |= t[i].use;
			age_s = t[i].age_s < age_s ? t[i].age_s : age_s;
		}
	return age_s;
}

/* The next mailbox; account 0: there is none. */
static int
next_mailbox(struct emptying *x, uint32_t *age_s, struct err *err)
{
	struct engine *e = x->e;
	struct sql *q = &e->look;
	uint32_t uses;
	int rc;

	x->account = 0;
	(void)age_by_use(e, UINT32_MAX, &uses);
	rc = sql_first(q, SQL_mailbox_used_for, SQL_VALS(
	    vi(e->emptying.account), vi(e->emptying.mailbox), vi(uses)), err);
	if (rc <= 0)
		return rc;
	x->account = sql_u64(q, mailbox_used_for, account);
	x->mailbox = sql_u64(q, mailbox_used_for, mailbox);
	x->name = str_dup(e->arena, sql_str(q, mailbox_used_for, name));
	*age_s = age_by_use(e, sql_u32(q, mailbox_used_for, special), &uses);
	sql_end(q, SQL_mailbox_used_for);
	return 0;
}

static int
find_old(struct emptying *x, uint32_t age_s, struct err *err)
{
	struct sql *q = &x->e->look;
	int64_t since = engine_since(x->e, age_s);
	int rc = sql_first(q, SQL_placed_first, SQL_VALS(vi(x->account),
	    vi(x->mailbox), vi((uint64_t)x->e->now_s), vi(UIDS_A_SLICE)),
	    err);

	x->n = 0;
	while (rc > 0 && sql_i64(q, placed_first, saved) <= since) {
		x->uids[x->n++] = sql_u32(q, placed_first, uid);
		rc = sql_next(q, SQL_placed_first, err);
	}
	if (rc > 0)
		sql_end(q, SQL_placed_first);
	return rc < 0 ? rc : 0;
}

static int
expunge_found(struct emptying *x, struct column *c, struct acct *a,
    struct mbox *m, struct err *err)
{
	uint64_t modseq = acct_modseq(x->e, a);
	const struct column_row *row;
	int rc = 0;

	for (size_t i = 0; i < x->n && rc == 0; i++) {
		size_t at = column_seek(c, x->uids[i]);

		row = at < c->live.n ? &c->live.p[at] : NULL;
		if (row && row->uid == x->uids[i])
			rc = expunge_email(x->e, a, m, row, column_keywords(c,
			    row->keywords), modseq, retire_email, err);
	}
	if (rc == 0)
		batch_journal(x->e, &(struct journal_row){
		    .at_us = engine_now_us(x->e), .event = JOURNAL_emptied,
		    .address = a->address, .code = (uint32_t)x->n,
		    .text = str_first(x->name, 1000) });
	return rc;
}

static int
expunge_slice(struct emptying *x, struct err *err)
{
	struct engine *e = x->e;
	struct column *c;
	struct acct *a;
	struct mbox *m;
	int rc = acct_get(e, x->account, &a, err);

	if (rc == 0)
		rc = mbox_get(e, x->account, x->mailbox, &m, err);
	if (rc == 0)
		rc = columns_get(e->columns, &e->look, x->account, x->mailbox,
		    &c, err);
	if (rc < 0)
		return rc;
	pthread_rwlock_rdlock(&c->lock);
	rc = expunge_found(x, c, a, m, err);
	pthread_rwlock_unlock(&c->lock);
	columns_put(e->columns, c);
	return rc;
}

/* All of the slice, or nothing of it: BATCH_UNDONE. */
static int
expunge_and_commit(struct emptying *x, struct err *err)
{
	struct engine *e = x->e;
	int rc;

	e->changed.n = e->revoked.n = 0;
	buf_reset(&e->named);
	buf_reset(&e->news);
	batch_begin(e);
	rc = batch_transaction(e, err);
	if (rc == 0)
		rc = expunge_slice(x, err);
	e->half_written |= rc < 0;
	return batch_finish(e, err);
}

/* The next mailbox that has something to go: it is in x, if there is one. */
static int
look(struct emptying *x, struct err *err)
{
	int64_t until = engine_mono_us(x->e) + SLICE_US / 2;
	uint32_t age_s;
	int rc;

	do {
		x->e->emptying.account = x->account;
		x->e->emptying.mailbox = x->mailbox;
		rc = next_mailbox(x, &age_s, err);
		if (rc == 0 && x->account)
			rc = find_old(x, age_s, err);
	} while (rc == 0 && x->account && x->n == 0 &&
	    engine_mono_us(x->e) < until);
	return rc;
}

static int
look_and_empty(struct emptying *x, struct err *err)
{
	struct engine *e = x->e;
	int rc = look(x, err);

	if (rc == E_IO || rc == E_DAMAGED) {
		x->account = 0;
		return upkeep_pause(e, err);
	}
	if (rc == 0 && x->n > 0)
		rc = expunge_and_commit(x, err);
	if (rc != BATCH_UNDONE)
		return rc;
	x->account = 0;
	return err->code == E_FULL ? 0 : upkeep_pause(e, err);
}

int
empty_slice(struct engine *e, bool *more, struct err *err)
{
	struct emptying x = { .e = e, .account = e->emptying.account,
		.mailbox = e->emptying.mailbox };
	int64_t since = e->now_s - e->emptying.at_s;
	uint32_t uses;
	int rc;

	(void)age_by_use(e, UINT32_MAX, &uses);
	if (e->room.full || uses == 0 || (x.account == 0 && since >= 0 &&
	    since < ROUND_S))
		return 0;
	arena_reset(e->arena);
	x.uids = arena_array(e->arena, UIDS_A_SLICE, sizeof(*x.uids));
	rc = look_and_empty(&x, err);
	*more = rc == 0 && x.account;
	if (!*more) {
		e->emptying.account = e->emptying.mailbox = 0;
		e->emptying.at_s = e->now_s;
	}
	return rc;
}
