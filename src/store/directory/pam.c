#include "store/directory/resolve.h"
#include "store/engine/engine_int.h"

/*
 * Accounts whose password this machine's PAM proves (messages_pam.h).
 */

/* 460 octets each at the most. */
enum { ROWS_A_PAGE = 400 };
_Static_assert(ROWS_A_PAGE * 480 < MSG_CHUNK, "a page is one answer");

/* It becomes an argument of programs and a part of paths in modules of others:
 * so nothing that either would read otherwise. */
static bool
is_user(struct str s)
{
	if (s.n == 0 || s.p[0] == '-' || s.p[0] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '/' ||
		    s.p[i] == ':')
			return false;
	return true;
}

static int
check_user(struct str user, struct err *err)
{
	return is_user(user) ? 0 : err_set(err, E_INVALID, "%.*s is no name "
	    "of a user", STR_FMT(str_first(user, 80)));
}

/* 1: it has a mark. */
static int
get_mark(struct sql *q, uint64_t account, struct err *err)
{
	int rc = sql_first(q, SQL_pam_get, SQL_VALS(vi(account)), err);

	if (rc > 0)
		sql_end(q, SQL_pam_get);
	return rc;
}

int
pam_proves_not(struct engine *e, uint64_t account, struct str address,
    struct err *err)
{
	int rc = get_mark(&e->w, account, err);

	if (rc > 0)
		return err_set(err, E_EXISTS, "the password of %.*s is PAM's: "
		    "first, postern pam release", STR_FMT(address));
	return rc;
}

int
write_pam_add(struct engine *e, struct write *w)
{
	const struct pam_add_ask *ask = w->ask;
	uint64_t account;
	int rc = check_user(ask->user, &w->err);

	if (rc == 0)
		rc = account_make(e, ask->address, STR_NULL, &account,
		    &w->err);
	return rc < 0 ? rc : sql_run(&e->w, SQL_pam_put, SQL_VALS(vi(account),
	    vs(ask->user)), &w->err);
}

/* What was proven otherwise is proven no more. */
int
write_pam_adopt(struct engine *e, struct write *w)
{
	const struct pam_adopt_ask *ask = w->ask;
	uint64_t account;
	int rc = check_user(ask->user, &w->err);

	if (rc == 0)
		rc = resolve_named(&e->w, e->arena, ask->address, &account,
		    &w->err);
	if (rc == 0)
		rc = ldap_marks_not(e, account, ask->address, &w->err);
	if (rc == 0)
		rc = account_throw_out(e, account, &w->err);
	return rc < 0 ? rc : sql_run(&e->w, SQL_pam_put, SQL_VALS(vi(account),
	    vs(ask->user)), &w->err);
}

int
write_pam_release(struct engine *e, struct write *w)
{
	const struct pam_release_ask *ask = w->ask;
	uint64_t account;
	int rc = resolve_named(&e->w, e->arena, ask->address, &account,
	    &w->err);

	if (rc == 0)
		rc = get_mark(&e->w, account, &w->err);
	if (rc == 0)
		return err_set(&w->err, E_NOTFOUND, "%.*s is not PAM's",
		    STR_FMT(ask->address));
	if (rc > 0)
		rc = pam_forget(e, account, &w->err);
	return rc < 0 ? rc : account_throw_out(e, account, &w->err);
}

int
pam_forget(struct engine *e, uint64_t account, struct err *err)
{
	return sql_run(&e->w, SQL_pam_del, SQL_VALS(vi(account)), err);
}

int
read_pam_list(struct reader *r, const struct caller *c unused_arg,
    const struct pam_list_ask *ask, union store_answer *answer,
    struct err *err)
{
	enum sql_statement s = SQL_pam_list;
	uint32_t n = 0;
	int rc = sql_first(&r->q, s, SQL_VALS(vi(ask->after),
	    vi(ROWS_A_PAGE)), err);

	for (; rc > 0; rc = sql_next(&r->q, s, err)) {
		struct pam_row row = {
			.account = sql_u64(&r->q, pam_list, account),
			.address = sql_str(&r->q, pam_list, address),
			.user = sql_str(&r->q, pam_list, user) };

		msg_put(&r->rows, &pam_row_shape, &row);
		n++;
	}
	answer->pam_list.rows = buf_get(&r->rows);
	answer->pam_list.more = n == ROWS_A_PAGE;
	return rc;
}
