#include "base/vec.h"
#include "store/directory/past_owners.h"
#include "store/directory/resolve.h"
#include "store/engine/engine_int.h"
#include "store/engine/note.h"

/*
 * Accounts that a directory elsewhere says are there (messages_ldap.h): who
 * asks this may have been taken over, so what it must not touch is looked at
 * here.
 */

enum { ROWS_MAX = 170000, ROWS_A_PAGE = 200 };

/* The account of the ask, as it is now. */
struct ldap_account {
	uint64_t account;	/* 0: there is none */
	struct str address;	/* its own: as aliases name it */
	bool marked;		/* it is, or may be, the directory's */
	struct str id, dn;
	bool gone;
};

/* 1: it has a mark. */
static int
get_mark(struct sql *q, struct arena *a, struct ldap_account *l,
    struct err *err)
{
	int rc = sql_first(q, SQL_ldap_get, SQL_VALS(vi(l->account)), err);

	l->marked = rc > 0;
	if (rc <= 0)
		return rc;
	l->id = str_dup(a, sql_str(q, ldap_get, id));
	l->dn = str_dup(a, sql_str(q, ldap_get, dn));
	l->gone = sql_i64(q, ldap_get, gone) != 0;
	sql_end(q, SQL_ldap_get);
	return 1;
}

static struct str
whole_address(struct arena *a, struct str domain, struct str local)
{
	return arena_printf(a, "%.*s@%.*s", STR_FMT(local), STR_FMT(domain));
}

/* "a@x LF b@x LF" of who has aliases that were made for it. */
static int
put_aliases(struct sql *q, struct arena *a, uint64_t account, struct buf *b,
    struct err *err)
{
	enum sql_statement s = SQL_ldap_aliases;
	int rc = sql_first(q, s, SQL_VALS(vi(account)), err);

	for (; rc > 0; rc = sql_next(q, s, err)) {
		buf_str(b, whole_address(a, sql_str(q, ldap_aliases, domain),
		    sql_str(q, ldap_aliases, local)));
		buf_chr(b, '\n');
	}
	return rc;
}

/* ---- aliases ------------------------------------------------------------- */

struct aliasing {
	struct engine *e;
	const struct ldap_account *l;
	struct str wanted;	/* lower case; each with LF behind it */
	bool dry, changed;
	struct buf left_out;
};

/* What was made for it and is wanted no more. */
static int
remove_unwanted(struct aliasing *g, struct err *err)
{
	struct engine *e = g->e;
	auto_buf have = BUF_INIT(LDAP_ALIASES_MAX);
	struct str rest, one, domain, local;
	int rc = put_aliases(&e->w, e->arena, g->l->account, &have, err);

	rest = buf_get(&have);
	while (rc == 0 && rest.n > 0) {
		one = str_next(&rest, '\n');
		if (str_is_among(one, g->wanted, '\n') ||
		    !address_key(one, e->arena, &domain, &local))
			continue;
		g->changed = true;
		if (g->dry)
			continue;
		rc = sql_run(&e->w, SQL_ldap_alias_del, SQL_VALS(vs(domain),
		    vs(local)), err);
		if (rc == 0)
			rc = alias_lead_no_more(e, domain, local,
			    g->l->address, err);
	}
	return rc;
}

static void
leave_out(struct aliasing *g, struct str address, const char *why)
{
	if (g->left_out.n + address.n + 300 < LDAP_LEFT_OUT_MAX)
		buf_printf(&g->left_out, "%.*s: %s\n", STR_FMT(address), why);
}

/* What others have called so is theirs. */
static int
add_wanted(struct aliasing *g, struct str address, struct err *err)
{
	struct engine *e = g->e;
	struct str domain, local;
	struct err own = { 0 };
	uint64_t there = 0, any = 0;
	int rc;

	if (!address_is_plain(address) ||
	    !address_key(address, e->arena, &domain, &local) ||
	    str_eq(local, STR("*"))) {
		leave_out(g, address, "it is no address");
		return 0;
	}
	if (str_eq(address, g->l->address))
		return 0;
	if (resolve_is_postmaster(local)) {
		leave_out(g, address, "that is whoever runs the server");
		return 0;
	}
	rc = sql_number(&e->w, SQL_alias_get, SQL_VALS(vs(domain),
	    vs(local), vs(g->l->address)), &there, err);
	if (rc == 0)
		rc = sql_number(&e->w, SQL_alias_any, SQL_VALS(vs(domain),
		    vs(local)), &any, err);
	if (rc < 0 || there)
		return rc;	/* or the operator said so already */
	if (any) {
		leave_out(g, address, "it is an alias already");
		return 0;
	}
	g->changed = true;
	if (g->dry)
		return 0;
	rc = alias_lead(e, address, g->l->address, false, &own);
	if (rc == E_IO || rc == E_FULL || rc == E_DAMAGED)
		return err_set(err, rc, "%s", own.text);
	if (rc < 0) {
		leave_out(g, address, own.text);
		return 0;
	}
	return sql_run(&e->w, SQL_ldap_alias_put, SQL_VALS(vs(domain),
	    vs(local), vi(g->l->account)), err);
}

static int
set_aliases(struct aliasing *g, struct err *err)
{
	struct str rest = g->wanted, one;
	int rc = g->l->account ? remove_unwanted(g, err) : 0;

	while (rc == 0 && rest.n > 0) {
		one = str_next(&rest, '\n');
		if (one.n > 0)
			rc = add_wanted(g, one, err);
	}
	return rc;
}

/* ---- an entry ------------------------------------------------------------ */

/* Who reads mail of postmaster is given certificates for the domain. */
static int
check_ask(const struct ldap_put_ask *ask, struct err *err)
{
	struct str local = str_first(ask->address, str_rchr(ask->address,
	    '@'));

	if (resolve_is_postmaster(local))
		return err_set(err, E_DENIED, "%.*s is whoever runs the "
		    "server, whom LDAP does not name", STR_FMT(ask->address));
	if (ask->id.n == 0 || ask->dn.n == 0 || ask->quota > QUOTA_NONE ||
	    !address_is_plain(ask->address))
		return err_set(err, E_INVALID, "%.*s: no entry",
		    STR_FMT(str_first(ask->address, 80)));
	return 0;
}

/* Whose account is it? One that nobody said may be the directory's is not. */
static int
find_account(struct engine *e, const struct ldap_put_ask *ask,
    struct ldap_account *l, struct err *err)
{
	uint64_t other = 0, n = 0;
	int rc = check_ask(ask, err);

	if (rc == 0)
		rc = account_of_address(e, ask->address, &l->account, err);
	if (rc == 0 && l->account)
		rc = get_mark(&e->w, e->arena, l, err);
	if (rc < 0)
		return rc;
	if (l->account && !l->marked)
		return err_set(err, E_EXISTS, "%.*s is an account of its own; "
		    "to have LDAP prove its password: postern ldap adopt",
		    STR_FMT(ask->address));
	rc = sql_number(&e->w, SQL_ldap_of_id, SQL_VALS(vs(ask->id)), &other,
	    err);
	if (rc == 0 && other && other != l->account)
		return err_set(err, E_EXISTS, "another account is of this "
		    "entry");
	if (rc == 0 && !l->account)
		rc = sql_number(&e->w, SQL_ldap_count, NULL, 0, &n, err);
	if (rc == 0 && n >= LDAP_ACCOUNTS_MAX)
		return err_set(err, E_LIMIT, "more than %d accounts",
		    LDAP_ACCOUNTS_MAX);
	return rc < 0 ? rc : 0;
}

static int
set_quota(struct engine *e, const struct ldap_put_ask *ask,
    const struct ldap_account *l, bool *changed, struct err *err)
{
	struct acct *a;
	int rc;

	if (!ask->with_quota || !l->account)
		return 0;
	rc = acct_get(e, l->account, &a, err);
	if (rc < 0 || a->quota == ask->quota)
		return rc < 0 ? rc : 0;
	*changed = true;
	if (ask->dry)
		return 0;
	a->quota = ask->quota;
	acct_touch(e, a);
	return note_mailboxes(e, a, err);
}

/* Another entry is another person, with the same names.        RFC 7293 9 */
static int
owner_changes(struct engine *e, const struct ldap_account *l, struct err *err)
{
	auto_buf names = BUF_INIT(LDAP_ALIASES_MAX + 400);
	struct str rest, domain, local;
	int rc;

	buf_str(&names, l->address);
	buf_chr(&names, '\n');
	rc = put_aliases(&e->w, e->arena, l->account, &names, err);
	rest = buf_get(&names);
	while (rc == 0 && rest.n > 0)
		if (address_key(str_next(&rest, '\n'), e->arena, &domain,
		    &local))
			rc = past_owner_ends(e, domain, local, err);
	return rc;
}

/* The mark itself. What was proven by another entry, or by a password that was
 * kept here, is proven no more. */
static int
set_mark(struct engine *e, const struct ldap_put_ask *ask,
    struct ldap_account *l, bool *changed, struct err *err)
{
	bool same = l->marked && !l->gone && str_eq(l->id, ask->id) &&
	    str_eq(l->dn, ask->dn);
	int rc = 0;

	if (same)
		return 0;
	*changed = true;
	if (ask->dry)
		return 0;
	if (!l->account)
		rc = account_make(e, ask->address, STR_NULL, &l->account, err);
	else if (!str_eq(l->id, ask->id))
		rc = account_throw_out(e, l->account, err);
	if (rc == 0 && l->id.n > 0 && !str_eq(l->id, ask->id))
		rc = owner_changes(e, l, err);
	return rc < 0 ? rc : sql_run(&e->w, SQL_ldap_put, SQL_VALS(
	    vi(l->account), vs(ask->id), vs(ask->dn)), err);
}

int
write_ldap_put(struct engine *e, struct write *w)
{
	const struct ldap_put_ask *ask = w->ask;
	struct ldap_put_answer *out = &w->answer.ldap_put;
	struct ldap_account l = { .address = str_lower(e->arena,
	    ask->address) };
	struct aliasing g = { .e = e, .l = &l, .dry = ask->dry,
		.wanted = str_lower(e->arena, ask->aliases),
		.left_out = BUF_INIT(LDAP_LEFT_OUT_MAX) };
	bool changed = false;
	int rc = find_account(e, ask, &l, &w->err);

	if (rc < 0)
		return rc;
	out->became = !l.account ? LDAP_ADDED : l.gone ? LDAP_BACK :
	    LDAP_SAME;
	rc = set_mark(e, ask, &l, &changed, &w->err);
	if (rc == 0)
		rc = set_quota(e, ask, &l, &changed, &w->err);
	if (rc == 0)
		rc = set_aliases(&g, &w->err);
	if (out->became == LDAP_SAME && (changed || g.changed))
		out->became = LDAP_CHANGED;
	out->left_out = str_dup(e->arena, buf_get(&g.left_out));
	buf_free(&g.left_out);
	return rc;
}

int
write_ldap_gone(struct engine *e, struct write *w)
{
	const struct ldap_gone_ask *ask = w->ask;
	int rc = sql_change(&e->w, SQL_ldap_gone, SQL_VALS(
	    vi((uint64_t)e->now_s), vi(ask->account)), &w->err);

	if (rc == 0)
		return err_set(&w->err, E_NOTFOUND, "it is no account of "
		    "LDAP's, or has gone already");
	return rc < 0 ? rc : account_throw_out(e, ask->account, &w->err);
}

/* ---- the operator -------------------------------------------------------- */

int
write_ldap_adopt(struct engine *e, struct write *w)
{
	const struct ldap_adopt_ask *ask = w->ask;
	struct ldap_account l = { 0 };
	int rc = resolve_named(&e->w, e->arena, ask->address, &l.account,
	    &w->err);

	if (rc == 0)
		rc = get_mark(&e->w, e->arena, &l, &w->err);
	if (rc > 0)
		return err_set(&w->err, E_EXISTS, "%.*s is LDAP's already",
		    STR_FMT(ask->address));
	if (rc == 0)
		rc = pam_proves_not(e, l.account, ask->address, &w->err);
	return rc < 0 ? rc : sql_run(&e->w, SQL_ldap_put, SQL_VALS(
	    vi(l.account), vs(STR("")), vs(STR(""))), &w->err);
}

/* Its aliases stay, as the operator's. */
int
write_ldap_release(struct engine *e, struct write *w)
{
	const struct ldap_release_ask *ask = w->ask;
	struct ldap_account l = { 0 };
	int rc = resolve_named(&e->w, e->arena, ask->address, &l.account,
	    &w->err);

	if (rc == 0)
		rc = get_mark(&e->w, e->arena, &l, &w->err);
	if (rc == 0)
		return err_set(&w->err, E_NOTFOUND, "%.*s is not LDAP's",
		    STR_FMT(ask->address));
	if (rc > 0)
		rc = sql_run(&e->w, SQL_ldap_alias_del_all, SQL_VALS(
		    vi(l.account)), &w->err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_ldap_del, SQL_VALS(vi(l.account)),
		    &w->err);
	return rc < 0 ? rc : account_throw_out(e, l.account, &w->err);
}

int
ldap_proves_not(struct engine *e, uint64_t account, struct str address,
    struct err *err)
{
	struct ldap_account l = { .account = account };
	int rc = get_mark(&e->w, e->arena, &l, err);

	if (rc > 0 && l.dn.n > 0)
		return err_set(err, E_INVALID, "the password of %.*s is "
		    "LDAP's: it is changed there", STR_FMT(address));
	return rc < 0 ? rc : 0;
}

int
ldap_marks_not(struct engine *e, uint64_t account, struct str address,
    struct err *err)
{
	struct ldap_account l = { .account = account };
	int rc = get_mark(&e->w, e->arena, &l, err);

	if (rc > 0)
		return err_set(err, E_EXISTS, "%.*s is LDAP's: first, postern "
		    "ldap release", STR_FMT(address));
	return rc;
}

int
ldap_forget(struct engine *e, uint64_t account, struct str address,
    struct err *err)
{
	struct ldap_account l = { .account = account, .address = address };
	struct aliasing g = { .e = e, .l = &l };
	int rc = remove_unwanted(&g, err);

	return rc < 0 ? rc : sql_run(&e->w, SQL_ldap_del, SQL_VALS(
	    vi(account)), err);
}

/* ---- the list ------------------------------------------------------------ */

/* Aliases are read when the statement of the page has ended. */
static int
fill_in(struct reader *r, struct ldap_row *row, struct err *err)
{
	auto_buf b = BUF_INIT(LDAP_ALIASES_MAX);
	int rc = put_aliases(&r->q, r->arena, row->account, &b, err);

	row->aliases = str_dup(r->arena, buf_get(&b));
	return rc;
}

int
read_ldap_list(struct reader *r, const struct caller *c unused_arg,
    const struct ldap_list_ask *ask, union store_answer *answer,
    struct err *err)
{
	enum sql_statement s = SQL_ldap_list;
	struct ldap_row *rows = arena_array(r->arena, ROWS_A_PAGE,
	    sizeof(*rows));
	size_t n = 0, i = 0;
	int rc = sql_first(&r->q, s, SQL_VALS(vi(ask->after),
	    vi(ROWS_A_PAGE)), err);

	for (; rc > 0 && n < ROWS_A_PAGE; rc = sql_next(&r->q, s, err))
		rows[n++] = (struct ldap_row){
			.account = sql_u64(&r->q, ldap_list, account),
			.address = str_dup(r->arena, sql_str(&r->q,
			    ldap_list, address)),
			.id = str_dup(r->arena, sql_str(&r->q, ldap_list,
			    id)),
			.dn = str_dup(r->arena, sql_str(&r->q, ldap_list,
			    dn)),
			.gone = sql_i64(&r->q, ldap_list, gone),
			.quota = sql_u64(&r->q, ldap_list, quota) };
	for (; rc == 0 && i < n && r->rows.n < ROWS_MAX; i++) {
		rc = fill_in(r, &rows[i], err);
		msg_put(&r->rows, &ldap_row_shape, &rows[i]);
	}
	answer->ldap_list.rows = buf_get(&r->rows);
	answer->ldap_list.more = i < n || n == ROWS_A_PAGE;
	return rc < 0 ? rc : 0;
}
