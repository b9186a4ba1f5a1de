#include "store/engine_int.h"

enum { ROWS_MAX = 180000 };

int
read_hello(struct reader *r, const struct caller *c,
    const struct hello_ask *ask, union read_answer *answer, struct err *err)
{
	int rc;

	(void)ask;
	answer->hello.max_message = engine_max_message(r->e);
	if (c->authority != AUTH_ACCOUNT)
		return 0;
	rc = sql_first(&r->q, SQL_account_get, SQL_VALS(vi(c->account)), err);
	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such account");
	if (rc < 0)
		return rc;
	answer->hello.address = str_dup(r->arena,
	    sql_str(&r->q, SQL_account_get, 0));
	sql_end(&r->q, SQL_account_get);
	return 0;
}

int
read_sender(struct reader *r, const struct caller *c,
    const struct sender_ask *ask, union read_answer *answer, struct err *err)
{
	uint64_t account;
	bool ours;
	int rc = lookup_address(&r->q, r->arena, ask->address, &account,
	    &ours, err);

	(void)answer;
	if (rc < 0)
		return rc;
	if (account != c->account)
		return err_set(err, E_DENIED, "not an address of yours");
	return 0;
}

static int
room_of(struct reader *r, uint64_t account, uint64_t *room, struct err *err)
{
	uint64_t quota = engine_quota(r->e), used;
	int rc;

	*room = UINT64_MAX;
	if (quota == 0)
		return 0;
	rc = sql_first(&r->q, SQL_account_get, SQL_VALS(vi(account)), err);
	if (rc <= 0)
		return rc;
	used = sql_u64(&r->q, SQL_account_get, 7);
	sql_end(&r->q, SQL_account_get);
	*room = used < quota ? quota - used : 0;
	return 0;
}

/* RCPT TO:<postmaster> names no domain: that with the oldest account.
 * RFC 5321 4.1.1.3 */
static int
complete(struct reader *r, struct str *address, struct err *err)
{
	int rc;

	if (!str_eqi(*address, STR("postmaster")))
		return 0;
	rc = sql_first(&r->q, SQL_domain_first, NULL, 0, err);
	if (rc <= 0)
		return rc;
	*address = arena_printf(r->arena, "postmaster@%.*s",
	    STR_FMT(sql_str(&r->q, SQL_domain_first, 0)));
	sql_end(&r->q, SQL_domain_first);
	return 0;
}

/* By what was known lately, or by the tables. */
static int
find_address(struct reader *r, struct str address, struct known_address *a,
    struct err *err)
{
	uint64_t version = engine_directory(r->e);
	int rc;

	if (known_get(r->known, version, address, a))
		return 0;
	rc = lookup_address(&r->q, r->arena, address, &a->account, &a->ours,
	    err);
	if (rc == 0)
		known_put(r->known, version, address, a);
	return rc;
}

int
reader_rcpt(struct reader *r, const struct caller *c,
    const struct rcpt_ask *ask, struct rcpt_answer *answer,
    struct recipient *who, struct err *err)
{
	struct known_address a;
	int rc;

	arena_reset(r->arena);
	*answer = (struct rcpt_answer){ 0 };
	*who = (struct recipient){ .address = ask->address,
		.notify = ask->notify, .orcpt = ask->orcpt };
	rc = complete(r, &who->address, err);
	if (rc == 0)
		rc = find_address(r, who->address, &a, err);
	if (rc < 0)
		return rc;
	if (!a.ours) {
		answer->kind = c->authority == AUTH_ACCOUNT ? RCPT_REMOTE
							    : RCPT_NO_DOMAIN;
		answer->room = UINT64_MAX;
		return 0;
	}
	answer->kind = a.account ? RCPT_LOCAL : RCPT_NO_USER;
	who->account = a.account;
	if (a.account)
		rc = room_of(r, a.account, &answer->room, err);
	if (a.account && answer->room == 0)
		answer->kind = RCPT_FULL;
	return rc;
}

int
read_credential(struct reader *r, const struct caller *c,
    const struct credential_ask *ask, union read_answer *answer,
    struct err *err)
{
	struct credential_answer *out = &answer->credential;
	bool ours;
	int rc = lookup_address(&r->q, r->arena, ask->login, &out->account,
	    &ours, err);

	(void)c;
	if (rc == 0 && out->account)
		rc = sql_first(&r->q, SQL_account_get,
		    SQL_VALS(vi(out->account)), err);
	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such account");
	if (rc < 0)
		return rc;
	out->address = str_dup(r->arena, sql_str(&r->q, SQL_account_get, 0));
	sql_end(&r->q, SQL_account_get);
	rc = sql_first(&r->q, SQL_credential_get,
	    SQL_VALS(vi(out->account)), err);
	if (rc <= 0)
		return rc < 0 ? rc : err_set(err, E_NOTFOUND, "no password");
	out->sealed = str_dup(r->arena,
	    sql_str(&r->q, SQL_credential_get, 0));
	sql_end(&r->q, SQL_credential_get);
	return 0;
}

int
read_secret_get(struct reader *r, const struct caller *c,
    const struct secret_get_ask *ask, union read_answer *answer,
    struct err *err)
{
	int rc = sql_first(&r->q, SQL_secret_get, SQL_VALS(vi(ask->kind),
	    vs(ask->name)), err);

	(void)c;
	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such secret");
	if (rc < 0)
		return rc;
	answer->secret_get.sealed = str_dup(r->arena,
	    sql_str(&r->q, SQL_secret_get, 0));
	sql_end(&r->q, SQL_secret_get);
	return 0;
}

int
read_domains(struct reader *r, const struct caller *c,
    const struct domains_ask *ask, union read_answer *answer, struct err *err)
{
	enum sql_statement s = SQL_domain_list;
	int rc = sql_first(&r->q, s, SQL_VALS(vs(str_lower(r->arena,
	    ask->after))), err);
	int n = 0;

	(void)c;
	for (; rc > 0 && r->rows.n < ROWS_MAX; n++) {
		msg_put(&r->rows, &domain_row_shape, &(struct domain_row){
		    sql_str(&r->q, s, 0), sql_u32(&r->q, s, 1) });
		rc = sql_next(&r->q, s, err);
	}
	answer->domains.more = rc > 0 || n == 500;
	if (rc > 0)
		sql_end(&r->q, s);
	answer->domains.rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}

int
read_accounts(struct reader *r, const struct caller *c,
    const struct accounts_ask *ask, union read_answer *answer,
    struct err *err)
{
	enum sql_statement s = SQL_address_list;
	struct str domain = STR_NULL, local = STR_NULL;
	int n = 0, rc;

	(void)c;
	if (ask->after.n && !address_key(ask->after, r->arena, &domain,
	    &local))
		return err_set(err, E_INVALID, "no address");
	rc = sql_first(&r->q, s, SQL_VALS(vs(domain), vs(local)), err);
	for (; rc > 0 && r->rows.n < ROWS_MAX; n++) {
		msg_put(&r->rows, &account_row_shape, &(struct account_row){
		    sql_u64(&r->q, s, 2), sql_str(&r->q, s, 3),
		    sql_u32(&r->q, s, 4), sql_u64(&r->q, s, 5) });
		rc = sql_next(&r->q, s, err);
	}
	answer->accounts.more = rc > 0 || n == 400;
	if (rc > 0)
		sql_end(&r->q, s);
	answer->accounts.rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}

int
read_journal_read(struct reader *r, const struct caller *c,
    const struct journal_read_ask *ask, union read_answer *answer,
    struct err *err)
{
	struct journal_read_answer *out = &answer->journal_read;
	int rc = journal_read(r->e->journal, ask->day, ask->offset,
	    ROWS_MAX, &r->rows, &out->next, err);

	(void)c;
	out->rows = buf_get(&r->rows);
	return rc;
}
