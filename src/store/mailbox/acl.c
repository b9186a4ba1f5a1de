/*
 * acl.c - who may do what with a mailbox: STORE_my_rights, STORE_acl,
 * STORE_acl_put; and for the operator all of them, STORE_access.  RFC 4314
 */
#include "store/directory/resolve.h"
#include "store/engine/engine_int.h"

enum { ROWS_MAX = 180000 };

/* ---- as they are --------------------------------------------------------- */

/* Whose mailbox: the asker has reached it; the operator says so. */
static int
whose(struct sql *q, struct arena *a, const struct caller *c,
    struct str address, uint64_t *account, struct err *err)
{
	*account = c->account;
	return c->authority == AUTH_ACCOUNT ? 0 :
	    resolve_named(q, a, address, account, err);
}

static struct str
identifier_of(struct arena *a, uint64_t who, bool negative, struct str address)
{
	return arena_printf(a, "%s%.*s", negative ? "-" : "",
	    STR_FMT(who ? address : STR("anyone")));
}

static int
owner_address(struct reader *r, uint64_t account, struct str *address,
    struct err *err)
{
	int rc = sql_first(&r->q, SQL_account_get, SQL_VALS(vi(account)), err);

	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such account");
	if (rc < 0)
		return rc;
	*address = str_dup(r->arena, sql_str(&r->q, account_get, address));
	sql_end(&r->q, SQL_account_get);
	return 0;
}

static int
mailbox_of(struct reader *r, uint64_t account, struct str name,
    uint64_t *mailbox, struct err *err)
{
	int rc = sql_first(&r->q, SQL_mailbox_find, SQL_VALS(vi(account),
	    vs(str_eqi(name, STR("INBOX")) ? STR("INBOX") : name)), err);

	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such mailbox");
	if (rc < 0)
		return rc;
	*mailbox = sql_u64(&r->q, mailbox_find, mailbox);
	sql_end(&r->q, SQL_mailbox_find);
	return 0;
}

int
read_my_rights(struct reader *r, const struct caller *c,
    const struct my_rights_ask *ask, union store_answer *answer,
    struct err *err)
{
	uint64_t mailbox;

	answer->my_rights.rights = caller_rights(c);
	return mailbox_of(r, c->account, ask->name, &mailbox, err);
}

int
read_acl(struct reader *r, const struct caller *c, const struct acl_ask *ask,
    union store_answer *answer, struct err *err)
{
	uint64_t account, mailbox = 0;
	struct str address;
	int rc = whose(&r->q, r->arena, c, ask->address, &account, err);

	if (rc == 0)
		rc = mailbox_of(r, account, ask->name, &mailbox, err);
	if (rc == 0)
		rc = owner_address(r, account, &answer->acl.owner, err);
	if (rc == 0)
		rc = sql_first(&r->q, SQL_acl_list, SQL_VALS(vi(account),
		    vi(mailbox)), err);
	for (; rc > 0; rc = sql_next(&r->q, SQL_acl_list, err)) {
		uint64_t who = sql_u64(&r->q, acl_list, who);

		address = sql_str(&r->q, acl_list, address);
		if (who && address.n == 0)	/* on its way out: gc.c */
			continue;
		msg_put(&r->rows, &acl_row_shape, &(struct acl_row){
		    identifier_of(r->arena, who,
			sql_u64(&r->q, acl_list, negative), address),
		    sql_u32(&r->q, acl_list, rights) });
	}
	answer->acl.rows = buf_get(&r->rows);
	return rc;
}

static void
put_access(struct reader *r, struct access_answer *out)
{
	struct str address = sql_str(&r->q, access_list, address);
	uint64_t who = sql_u64(&r->q, access_list, who);

	out->account = sql_u64(&r->q, access_list, account);
	out->mailbox = sql_u64(&r->q, access_list, mailbox);
	if (who && address.n == 0)
		return;
	msg_put(&r->rows, &access_row_shape, &(struct access_row){
	    sql_str(&r->q, access_list, owner),
	    sql_str(&r->q, access_list, name),
	    identifier_of(r->arena, who,
		sql_u64(&r->q, access_list, negative), address),
	    sql_u32(&r->q, access_list, rights) });
}

/* Pages end with a mailbox. */
int
read_access(struct reader *r, const struct caller *c unused_arg,
    const struct access_ask *ask, union store_answer *answer, struct err *err)
{
	struct access_answer *out = &answer->access;
	uint64_t only = 0;
	int rc = 0;

	if (ask->address.n)
		rc = resolve_named(&r->q, r->arena, ask->address, &only, err);
	if (rc == 0)
		rc = sql_first(&r->q, SQL_access_list, SQL_VALS(
		    vi(ask->account), vi(ask->mailbox), vi(only)), err);
	for (; rc > 0; rc = sql_next(&r->q, SQL_access_list, err)) {
		if (r->rows.n > ROWS_MAX / 4 && out->mailbox !=
		    sql_u64(&r->q, access_list, mailbox))
			break;
		put_access(r, out);
	}
	if (rc > 0)
		sql_end(&r->q, SQL_access_list);
	else
		out->account = out->mailbox = 0;
	out->rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}

/* ---- another way --------------------------------------------------------- */

struct granting {
	struct acct *acct;
	struct mbox *mbox;
	uint64_t who;		/* 0: anyone */
	bool negative;
	uint64_t had;
	uint32_t has;
};

static int
identify(struct engine *e, struct str identifier, struct granting *g,
    struct err *err)
{
	int rc;

	g->negative = str_starts(identifier, STR("-"));
	if (g->negative)
		identifier = str_from(identifier, 1);
	if (str_eqi(identifier, STR("anyone")))
		return 0;
	rc = resolve_account(&e->w, e->arena, identifier, &g->who, err);
	return rc < 0 || g->who ? rc : err_set(err, E_INVALID,
	    "nobody here is called %.*s", STR_FMT(str_first(identifier, 100)));
}

static uint32_t
rights_then(const struct acl_put_ask *ask, uint64_t had)
{
	return ask->mode == FLAGS_SET ? ask->rights :
	    ask->mode == FLAGS_ADD ? (uint32_t)had | ask->rights :
	    (uint32_t)had & ~ask->rights;
}

/* Everything that may refuse it. */
static int
check_granting(struct engine *e, struct write *w, struct granting *g)
{
	const struct acl_put_ask *ask = w->ask;
	struct err *err = &w->err;
	uint64_t account, n;
	int rc = whose(&e->w, e->arena, w->caller, ask->address, &account,
	    err);

	if (rc == 0 && (ask->mode > FLAGS_REMOVE || ask->rights > RIGHTS_all))
		return err_set(err, E_INVALID, "no such rights");
	if (rc == 0)
		rc = acct_get(e, account, &g->acct, err);
	if (rc == 0)
		rc = mbox_find(e, account, ask->name, &g->mbox, err);
	if (rc == 0)
		rc = identify(e, ask->identifier, g, err);
	if (rc == 0)
		rc = sql_number(&e->w, SQL_acl_get, SQL_VALS(vi(account),
		    vi(g->mbox->mailbox), vi(g->who), vi(g->negative)),
		    &g->had, err);
	if (rc == 0)
		rc = sql_number(&e->w, SQL_acl_count, SQL_VALS(vi(account),
		    vi(g->mbox->mailbox)), &n, err);
	if (rc < 0)
		return rc;
	if (g->who == account)
		g->had = g->negative ? 0 : RIGHTS_all;
	g->has = rights_then(ask, g->had);
	if (g->who == account && g->has != g->had)
		return err_set(err, E_INVALID, "owners keep all rights");
	if (n >= ACL_MAX && !g->had && g->has)
		return err_set(err, E_LIMIT, "too many have rights to it");
	return 0;
}

static void
journal_access(struct engine *e, struct write *w, const struct granting *g)
{
	const struct acl_put_ask *ask = w->ask;
	auto_buf b = BUF_INIT(RIGHTS_TEXT);

	rights_put(&b, g->has);
	batch_journal(e, &(struct journal_row){
	    .at_us = e->o.wall_us(e->o.arg), .event = JOURNAL_access,
	    .address = g->acct->address,
	    .text = str_first(arena_printf(e->arena, "%.*s: %.*s %.*s",
		STR_FMT(str_first(ask->name, 600)), STR_FMT(ask->identifier),
		STR_FMT(g->has ? buf_get(&b) : STR("none"))), 1000) });
}

int
write_acl_put(struct engine *e, struct write *w)
{
	struct granting g = { 0 };
	uint64_t account, mailbox, lost;
	int rc = check_granting(e, w, &g);

	if (rc < 0 || g.has == g.had)
		return rc;
	account = g.acct->account;
	mailbox = g.mbox->mailbox;
	rc = g.has ? sql_run(&e->w, SQL_acl_put, SQL_VALS(vi(account),
	    vi(mailbox), vi(g.who), vi(g.negative), vi(g.has)), &w->err) :
	    sql_run(&e->w, SQL_acl_del, SQL_VALS(vi(account), vi(mailbox),
	    vi(g.who), vi(g.negative)), &w->err);
	__atomic_store_n(&e->shares, true, __ATOMIC_RELAXED);
	g.acct->shared = true;
	lost = g.negative ? g.has & ~g.had : g.had & ~g.has;
	if (lost)
		batch_withdraw(e, account, mailbox);
	journal_access(e, w, &g);
	return rc;
}
