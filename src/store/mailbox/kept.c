/*
 * kept.c - what was expunged and can be had back: STORE_kept, STORE_undelete.
 *
 * An email that no mailbox has any more keeps its row, which knows the mailbox
 * it was in, and its flags. Drafts do not: programs save one after the other.
 * upkeep/gc.c frees what was kept long enough.
 */
#include "store/directory/resolve.h"
#include "store/engine/quota.h"

enum { SLICE_ROWS = 500 };

int
drop_email(struct engine *e, uint64_t account, uint64_t email,
    struct err *err)
{
	return sql_run(&e->w, SQL_garbage_add, SQL_VALS(
	    vi((uint64_t)e->now_s + GARBAGE_S), vi(account), vi(email)), err);
}

int
retire_email(struct engine *e, uint64_t account, uint64_t email,
    struct err *err)
{
	int rc = 0;

	if (engine_kept_s(e) > GARBAGE_S)
		rc = sql_change(&e->w, SQL_kept_add, SQL_VALS(
		    vi((uint64_t)e->now_s), vi(account), vi(email),
		    vi(FLAG_draft)), err);
	return rc < 0 ? rc : rc > 0 ? 0 : drop_email(e, account, email, err);
}

int
read_kept(struct reader *r, const struct caller *c unused_arg,
    const struct kept_ask *ask, union store_answer *answer, struct err *err)
{
	enum sql_statement s = SQL_kept_sums;
	uint64_t account;
	int rc = resolve_named(&r->q, r->arena, ask->address, &account, err);

	if (rc == 0)
		rc = sql_first(&r->q, s, SQL_VALS(vi(account),
		    vi((uint64_t)ask->since), vs(MAILBOX_RECOVERED),
		    vs(ask->after)), err);
	for (; rc > 0; rc = sql_next(&r->q, s, err)) {
		struct kept_row row = {
			sql_str(&r->q, kept_sums, name),
			sql_u64(&r->q, kept_sums, messages),
			sql_u64(&r->q, kept_sums, octets),
			sql_i64(&r->q, kept_sums, first),
			sql_i64(&r->q, kept_sums, last) };

		if (r->rows.n + row.mailbox.n + 100 > MSG_CHUNK) {
			sql_end(&r->q, s);
			answer->kept.more = true;
			break;
		}
		msg_put(&r->rows, &kept_row_shape, &row);
	}
	answer->kept.rows = buf_get(&r->rows);
	answer->kept.keeps_s = engine_kept_s(r->e);
	return rc < 0 ? rc : 0;
}

/* ---- back again --------------------------------------------------------- */

struct coming_back {
	struct column_row row;
	uint64_t mailbox;
	struct str keywords;
};
struct undeleting {
	struct engine *e;
	const struct undelete_ask *ask;
	struct acct *acct;
	struct mbox *only;	/* of this mailbox, */
	bool only_lost;		/* and of those that are gone */
	struct VEC(struct coming_back) rows;
	uint64_t modseq;
	struct undelete_answer out;
};

static int
read_rows(struct undeleting *u, struct err *err)
{
	struct sql *q = &u->e->w;
	int rc = sql_first(q, SQL_kept_some, SQL_VALS(vi(u->acct->account),
	    vi(u->ask->after), vi((uint64_t)u->ask->since),
	    vi(SLICE_ROWS)), err);

	for (; rc > 0; rc = sql_next(q, SQL_kept_some, err))
		vec_push(&u->rows, (struct coming_back){ {
		    .email = sql_u64(q, kept_some, email),
		    .blob = sql_u64(q, kept_some, blob),
		    .flags = sql_u32(q, kept_some, flags),
		    .received = sql_i64(q, kept_some, received),
		    .offset_min = (int32_t)sql_i64(q, kept_some, offset_min),
		    .size = sql_u64(q, kept_some, size),
		    .prefix_len = sql_u32(q, kept_some, prefix_len),
		    .thread = sql_u64(q, kept_some, thread) },
		    sql_u64(q, kept_some, mailbox),
		    str_dup(u->e->arena, sql_str(q, kept_some, keywords)) });
	return rc;
}

static int
find_mailbox(struct undeleting *u, struct err *err)
{
	struct str name = u->ask->mailbox;
	int rc = name.n ? mbox_find(u->e, u->acct->account, name, &u->only,
	    err) : 0;

	u->only_lost = str_eq(name, MAILBOX_RECOVERED);
	return rc == E_NOTFOUND && u->only_lost ? 0 : rc;
}

static bool
is_wanted(struct undeleting *u, const struct coming_back *b)
{
	struct mbox *m;

	if (u->ask->mailbox.n == 0 ||
	    (u->only && u->only->mailbox == b->mailbox))
		return true;
	return u->only_lost && mbox_get(u->e, u->acct->account, b->mailbox,
	    &m, &(struct err){ 0 }) == E_NOTFOUND;
}

/* Where it was, if that is still there. */
static int
mailbox_of(struct undeleting *u, uint64_t mailbox, struct mbox **m,
    struct err *err)
{
	int rc = mbox_get(u->e, u->acct->account, mailbox, m, err);

	if (rc == E_NOTFOUND)
		rc = mailbox_recovered(u->e, u->acct, m, err);
	if (rc == 0 && (*m)->uidnext >= UINT32_MAX)
		rc = err_set(err, E_LIMIT, "no UIDs left");
	return rc;
}

static int
bring_back(struct undeleting *u, struct coming_back *b, struct err *err)
{
	struct engine *e = u->e;
	uint64_t account = u->acct->account;
	struct mbox *m;
	int rc = quota_check(e, u->acct, 1, b->row.size, NULL, err);

	if (rc == 0)
		rc = mailbox_of(u, b->mailbox, &m, err);
	if (rc < 0)
		return rc;
	if (u->modseq == 0)
		u->modseq = acct_modseq(e, u->acct);
	b->row.modseq = u->modseq;
	rc = place_email(e, u->acct, m, &b->row, b->keywords, err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_email_back, SQL_VALS(vi(m->mailbox),
		    vi(b->row.uid), vi(b->row.created), vi(account),
		    vi(b->row.email)), err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_kept_del, SQL_VALS(vi(account),
		    vi(b->row.email)), err);
	u->out.messages++;
	u->out.octets += b->row.size;
	return rc;
}

static int
bring_back_each(struct undeleting *u, struct err *err)
{
	struct coming_back *b = NULL;
	int rc = 0;

	for (size_t i = 0; i < u->rows.n && rc == 0; i++) {
		b = &u->rows.p[i];
		if (is_wanted(u, b))
			rc = bring_back(u, b, err);
	}
	u->out.next = rc < 0 ? b->row.email - 1 :
	    u->rows.n == SLICE_ROWS ? b->row.email : 0;
	/* What came before it stays, and is told: the next ask begins with
	 * the one that failed. */
	if ((rc == E_FULL || rc == E_LIMIT) && u->out.messages)
		rc = 0;
	if (rc == 0 && u->out.messages)
		batch_journal(u->e, &(struct journal_row){
		    .at_us = engine_now_us(u->e),
		    .event = JOURNAL_undeleted, .address = u->acct->address,
		    .code = u->out.messages });
	return rc;
}

int
write_undelete(struct engine *e, struct write *w)
{
	struct undeleting u = { .e = e, .ask = w->ask };
	uint64_t account;
	int rc = resolve_named(&e->w, e->arena, u.ask->address, &account,
	    &w->err);

	if (rc == 0)
		rc = acct_get(e, account, &u.acct, &w->err);
	if (rc == 0)
		rc = find_mailbox(&u, &w->err);
	if (rc == 0)
		rc = read_rows(&u, &w->err);
	if (rc == 0)
		rc = bring_back_each(&u, &w->err);
	if (rc < 0)
		e->half_written |= u.out.messages > 0;
	else
		w->answer.undelete = u.out;
	vec_free(&u.rows);
	return rc;
}
