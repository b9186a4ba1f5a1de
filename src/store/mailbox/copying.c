#include "store/mailbox/copying.h"

#include "store/engine/quota.h"
#include "store/engine/seen.h"
#include "store/engine/view.h"

enum { SLICE_ROWS = 4000, DROP_ROWS = 1000,
	STAGING_S = 600,	/* nobody asked for so long: drop it */
	PLACING_S = 10 };	/* or do the rest */

bool
copying_may_go_on(struct copying *c)
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
		return err_set(err, E_TIMEOUT, "it was given up");
	if (rc < 0)
		return rc;
	c->kept = true;
	mailbox = sql_u64(q, copying_get, mailbox);
	c->most = sql_u64(q, copying_get, most);
	c->staged = sql_u64(q, copying_get, staged);
	c->placed = sql_u64(q, copying_get, placed);
	c->octets = sql_u64(q, copying_get, octets);
	c->state = sql_u64(q, copying_get, state);
	c->reader = sql_u64(q, copying_get, reader);
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
		    vi(c->state), vi((uint64_t)c->e->now_s),
		    vi(c->reader)), err);
	return c->kept ? sql_run(q, SQL_copying_del, SQL_VALS(
	    vi(c->acct->account), vi(c->first)), err) : 0;
}

/* ---- staging ----------------------------------------------------------- */

/* Whoever makes it goes on with it, in the mailbox that was reached for it. */
static int
copying_again(struct copying *c, struct str name, struct err *err)
{
	uint64_t reader = c->reader;
	struct mbox *to;
	int rc = copying_load(c, err);

	if (rc < 0)
		return rc;
	if (c->reader != reader)
		return err_set(err, E_TIMEOUT, "it was given up");
	if (!reader)
		return 0;
	rc = mbox_find(c->e, c->acct->account, name, &to, err);
	return rc < 0 || to == c->to ? rc : err_set(err, E_TIMEOUT,
	    "it was given up");
}

int
copying_open(struct copying *c, struct engine *e, const struct caller *who,
    uint64_t first, struct str name, struct err *err)
{
	int rc;

	*c = (struct copying){ .e = e, .first = first,
		.until = e->o.mono_us(e->o.arg) + SLICE_US,
		.from_uids = BUF_INIT(MSG_MAX), .to_uids = BUF_INIT(MSG_MAX) };
	e->copied_us = engine_mono_us(e);
	c->rights = caller_to_rights(who);
	c->reader = caller_to_reader(who);
	rc = acct_get(e, caller_to(who), &c->acct, err);
	if (rc == 0)
		rc = first ? copying_again(c, name, err) : mbox_find(e,
		    c->acct->account, name, &c->to, err);
	if (rc == 0 && c->state == DROPPING)
		rc = err_set(err, E_TIMEOUT, "it was given up");
	return rc;
}

void
copying_free(struct copying *c)
{
	buf_free(&c->from_uids);
	buf_free(&c->to_uids);
}

void
copying_reserve(struct copying *c, uint64_t most)
{
	c->first = c->acct->next_email;
	c->most = most;
	c->acct->next_email += most + 1;
	acct_touch(c->e, c->acct);
}

int
copying_room(struct copying *c, uint64_t size, struct err *err)
{
	c->octets += size;
	return quota_check(c->e, c->acct, c->staged + 1, c->octets, NULL,
	    err);
}

uint32_t
copying_flags(const struct copying *c, uint32_t flags)
{
	return flags_allowed(c->rights, flags) &
	    ~(uint32_t)(c->reader ? FLAG_seen : 0);
}

int
copying_seen(struct copying *c, uint32_t flags, uint64_t email,
    struct err *err)
{
	if (!c->reader || !(flags_allowed(c->rights, flags) & FLAG_seen))
		return 0;
	return seen_begin(c->e, c->acct, email, c->reader, err);
}

int
copying_decide(struct copying *c, struct err *err)
{
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
	while (rc > 0 && copying_may_go_on(c)) {
		row = staged_row(q, modseq);
		words = str_dup(c->e->arena, sql_str(q, email_range,
		    keywords));
		rc = replace_email(c->e, c->acct, c->to, &row, words, err);
		c->placed++;
		uids_add(&c->to_uids, row.uid);
		if (c->appended_to.n)
			journal_appended(c->e, c->acct, row.blob,
			    c->appended_to);
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

bool
copying_done(const struct copying *c)
{
	return c->state == PLACING && c->placed == c->staged;
}

int
copying_close(struct copying *c, struct err *err)
{
	int rc = c->state == PLACING ? place_slice(c, err) : 0;

	return rc < 0 ? rc : copying_keep(c, copying_done(c), err);
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
