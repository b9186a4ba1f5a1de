#include "store/queue/held.h"

#include "store/directory/resolve.h"
#include "store/engine/filter.h"
#include "store/engine/quota.h"

/*
 * A row for each recipient here, in the place of an email in a mailbox: it has
 * one reference to the blob, which the email takes over when it is released.
 * What stands in front of it was made when it came. It counts in no quota, but
 * has no more octets than fit into what is left of one.
 */

enum { KEEP_S = 14 * 86400, ROWS_A_PAGE = 200, ROWS_OCTETS = 150000,
	CHANGED_AT_ONCE = 100 };

#define held_u64(c) sql_column_u64(q, s, SQL_COLUMN(held_list, c))
#define held_str(c) str_dup(a, sql_column_str(q, s, SQL_COLUMN(held_list, c)))

struct held
held_read(struct sql *q, enum sql_statement s, struct arena *a)
{
	return (struct held){ .message = held_u64(message),
		.account = held_u64(account), .size = held_u64(size),
		.at = (int64_t)held_u64(at), .address = held_str(address),
		.prefix = held_str(prefix), .sender = held_str(sender),
		.author = held_str(author), .title = held_str(title),
		.verdict = held_str(verdict), .traits = held_str(traits),
		.thread_keys = held_str(thread_keys) };
}

int64_t
held_age_s(const struct engine *e)
{
	uint32_t s = __atomic_load_n(&e->o.ages.held_s, __ATOMIC_RELAXED);

	return s ? s : KEEP_S;
}

/* ---- apart --------------------------------------------------------------- */

int
held_may(struct engine *e, const struct acct *a, uint64_t size,
    struct err *err)
{
	uint64_t messages, octets, room = quota_room(e, a);
	int rc = sql_first(&e->w, SQL_held_sums, SQL_VALS(vi(a->account)),
	    err);

	if (rc <= 0)
		return rc;
	messages = sql_u64(&e->w, held_sums, messages);
	octets = sql_u64(&e->w, held_sums, octets);
	sql_end(&e->w, SQL_held_sums);
	return messages < HELD_MAX && octets <= room && size <= room - octets;
}

int
held_put(struct engine *e, const struct submit_ask *ask, struct str address,
    const struct placing *d, struct err *err)
{
	return sql_run(&e->w, SQL_held_add, SQL_VALS(vi(d->blob),
	    vi(d->acct->account), vi((uint64_t)e->now_s), vi(d->size),
	    vs(address), vs(d->prefix), vs(ask->reverse_path),
	    vs(ask->author), vs(ask->title), vs(ask->verdict),
	    vs(ask->traits), vs(d->thread_keys)), err);
}

/* ---- looked at ----------------------------------------------------------- */

struct held_row
held_row_of(const struct engine *e, const struct held *h)
{
	return (struct held_row){ .message = h->message, .account = h->account,
	    .address = h->address, .sender = h->sender, .author = h->author,
	    .title = h->title, .verdict = h->verdict, .at = h->at,
	    .until = h->at + held_age_s(e), .size = h->size };
}

static int
first_row(struct reader *r, uint64_t account, const struct held_ask *ask,
    enum sql_statement *s, struct err *err)
{
	uint64_t message = ask->only ? ask->only - 1 : ask->message;

	*s = account ? SQL_held_own : SQL_held_list;
	return account ? sql_first(&r->q, *s, SQL_VALS(vi(account),
	    vi(message), vi(ROWS_A_PAGE)), err) :
	    sql_first(&r->q, *s, SQL_VALS(vi(message), vi(ask->only &&
	    !ask->message ? INT64_MAX : ask->account), vi(ROWS_A_PAGE)), err);
}

/* Of an operator who names one: that one's; of a person always. */
static int
whose(struct sql *q, struct arena *a, const struct caller *c,
    struct str address, uint64_t *account, struct err *err)
{
	*account = c->authority == AUTH_ACCOUNT ? c->account : 0;
	return *account || address.n == 0 ? 0 :
	    resolve_named(q, a, address, account, err);
}

int
read_held(struct reader *r, const struct caller *c, const struct held_ask *ask,
    union store_answer *answer, struct err *err)
{
	enum sql_statement s = SQL_held_list;
	uint64_t account;
	int n = 0, rc = whose(&r->q, r->arena, c, ask->address, &account, err);

	if (rc == 0)
		rc = first_row(r, account, ask, &s, err);
	for (; rc > 0 && r->rows.n < ROWS_OCTETS; n++) {
		struct held h = held_read(&r->q, s, r->arena);
		struct held_row row;

		if (ask->only && h.message != ask->only)
			break;
		row = held_row_of(r->e, &h);
		msg_put(&r->rows, &held_row_shape, &row);
		rc = sql_next(&r->q, s, err);
	}
	answer->held.more = n == ROWS_A_PAGE || r->rows.n >= ROWS_OCTETS;
	if (rc > 0)
		sql_end(&r->q, s);
	answer->held.rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}

/* ---- let go -------------------------------------------------------------- */

static void
journal(struct engine *e, const struct held *h, enum journal_event event,
    struct str text)
{
	batch_journal(e, &(struct journal_row){
	    .at_us = e->o.wall_us(e->o.arg), .event = event,
	    .message = h->message, .from = h->sender, .address = h->address,
	    .code = 250, .text = text });
}

static int
into_inbox(struct engine *e, const struct held *h, struct str by,
    struct err *err)
{
	struct placing d = { .blob = h->message, .size = h->size,
		.received = e->now_s, .prefix = h->prefix,
		.thread_keys = h->thread_keys };
	struct place at;
	uint32_t uid;
	int rc = acct_get(e, h->account, &d.acct, err);

	if (rc == 0)
		rc = acct_inbox(e, d.acct, &d.mbox, err);
	if (rc == 0)
		rc = place_get(&e->w, h->message, &at, err);
	if (rc < 0)
		return rc;
	if (quota_room(e, d.acct) < h->size)
		return err_set(err, E_FULL, "%.*s has no room for it",
		    STR_FMT(h->address));
	if (d.mbox->uidnext >= UINT32_MAX)
		return err_set(err, E_LIMIT, "no UIDs left");
	d.front = at.front;
	journal(e, h, JOURNAL_released, by);
	journal(e, h, JOURNAL_stored, STR_NULL);
	rc = deliver(e, &d, &uid, err);
	return rc < 0 ? rc : sql_run(&e->w, SQL_held_del, SQL_VALS(
	    vi(h->message), vi(h->account)), err);
}

static int
release_one(struct engine *e, const struct held *h, struct str by,
    struct err *err)
{
	int rc = into_inbox(e, h, by, err);

	if (rc == 0 && h->traits.n > 0)
		filter_learn(e, h->account, h->traits, false);
	return rc;
}

/* The last one that names it leaves that to cleaning up, as the queue does. */
static int
unref(struct engine *e, uint64_t message, struct err *err)
{
	uint64_t refs;
	int rc = sql_first(&e->w, SQL_blob_get, SQL_VALS(vi(message)), err);

	if (rc <= 0)
		return rc;
	refs = sql_u64(&e->w, blob_get, refs);
	sql_end(&e->w, SQL_blob_get);
	if (refs > 1)
		return sql_run(&e->w, SQL_blob_unref, SQL_VALS(vi(message)),
		    err);
	return sql_run(&e->w, SQL_garbage_add, SQL_VALS(
	    vi((uint64_t)e->now_s), vi(GARBAGE_QUEUED), vi(message)), err);
}

int
held_forget(struct engine *e, const struct held *h, struct str why,
    struct err *err)
{
	int rc = sql_run(&e->w, SQL_held_del, SQL_VALS(vi(h->message),
	    vi(h->account)), err);

	journal(e, h, JOURNAL_dropped, why);
	return rc < 0 ? rc : unref(e, h->message, err);
}

/* What is done with each that the ask names, or with some of them. */
static int
each(struct engine *e, struct write *w, uint64_t message, struct str address,
    int (*change)(struct engine *e, const struct held *h, struct str by,
    struct err *err))
{
	struct str by = w->caller->authority == AUTH_ACCOUNT ?
	    STR("by its recipient") : STR("by the operator");
	uint64_t account;
	uint32_t n = 0;
	int rc = whose(&e->w, e->arena, w->caller, address, &account, &w->err);

	while (rc == 0 && n < CHANGED_AT_ONCE &&
	    (rc = sql_first(&e->w, SQL_held_get, SQL_VALS(vi(message),
	    vi(account)), &w->err)) > 0) {
		struct held h = held_read(&e->w, SQL_held_get, e->arena);

		sql_end(&e->w, SQL_held_get);
		rc = change(e, &h, by, &w->err);
		n += rc == 0;
	}
	e->half_written |= rc < 0 && n > 0;
	if (rc == 0 && n == 0)
		return err_set(&w->err, E_NOTFOUND, "it is not held (any "
		    "more)");
	w->answer.held_release = (struct held_release_answer){ n,
		n == CHANGED_AT_ONCE };
	return rc;
}

int
write_held_release(struct engine *e, struct write *w)
{
	const struct held_release_ask *ask = w->ask;

	return each(e, w, ask->message, ask->address, release_one);
}

int
write_held_drop(struct engine *e, struct write *w)
{
	const struct held_drop_ask *ask = w->ask;

	return each(e, w, ask->message, ask->address, held_forget);
}
