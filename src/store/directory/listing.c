/*
 * listing.c - what vault and the operator read: credentials, secrets, domains,
 * accounts, the journal.
 */
#include "store/directory/resolve.h"
#include "store/engine/send_limits.h"

enum { ROWS_MAX = 180000, DOMAINS_A_PAGE = 500, ACCOUNTS_A_PAGE = 400,
	SEALED_SOME = 4, LATELY_S = 86400 };

/* The one of this number, if there is one. */
static int
find_app_password(struct reader *r, uint64_t number,
    struct credential_answer *out, struct err *err)
{
	int rc = sql_first(&r->q, SQL_app_password_get,
	    SQL_VALS(vi(out->account), vi(number)), err);

	if (rc <= 0)
		return rc;
	out->proof = str_dup(r->arena, sql_str(&r->q, app_password_get,
	    proof));
	out->label = str_dup(r->arena, sql_str(&r->q, app_password_get,
	    label));
	out->services = sql_u32(&r->q, app_password_get, services);
	out->expires = sql_i64(&r->q, app_password_get, expires);
	out->used = sql_i64(&r->q, app_password_get, used);
	out->used_from = str_dup(r->arena, sql_str(&r->q, app_password_get,
	    used_from));
	out->used_for = sql_u32(&r->q, app_password_get, used_for);
	out->kind = sql_u32(&r->q, app_password_get, kind);
	out->app_keys = str_dup(r->arena, sql_str(&r->q, app_password_get,
	    keys));
	sql_end(&r->q, SQL_app_password_get);
	return 0;
}

/* Lately, so that what is remembered of it is not written at each login. */
static int
is_network_known(struct reader *r, uint64_t account, struct str network,
    struct credential_answer *out, struct err *err)
{
	uint64_t known = 0;
	int64_t lately = engine_now_us(r->e) / 1000000 - LATELY_S;
	int rc = network.n == 0 ? 0 : sql_number(&r->q, SQL_noted_lately,
	    SQL_VALS(vi(account), vi(NOTE_login), vs(network),
		vi((uint64_t)lately)), &known, err);

	out->network_known = known != 0;
	return rc;
}

static int
find_pam(struct reader *r, struct credential_answer *out, struct err *err)
{
	int rc = sql_first(&r->q, SQL_pam_get, SQL_VALS(vi(out->account)),
	    err);

	if (rc <= 0)
		return rc;
	out->elsewhere = str_dup(r->arena, sql_str(&r->q, pam_get, user));
	out->by_pam = true;
	sql_end(&r->q, SQL_pam_get);
	return 0;
}

/* E_NOTFOUND: its entry is there no more, so nobody logs in to it; or it has no
 * password at all. */
static int
find_ldap(struct reader *r, struct credential_answer *out, struct err *err)
{
	int rc = sql_first(&r->q, SQL_ldap_get, SQL_VALS(vi(out->account)),
	    err);
	bool gone;

	if (rc == 0 && out->sealed.n == 0 && !out->by_pam)
		return err_set(err, E_NOTFOUND, "no password");
	if (rc <= 0)
		return rc;
	gone = sql_i64(&r->q, ldap_get, gone) != 0;
	out->elsewhere = str_dup(r->arena, sql_str(&r->q, ldap_get, dn));
	sql_end(&r->q, SQL_ldap_get);
	return gone ? err_set(err, E_NOTFOUND, "no such account") : 0;
}

int
read_credential(struct reader *r, const struct caller *c,
    const struct credential_ask *ask, union store_answer *answer,
    struct err *err)
{
	struct credential_answer *out = &answer->credential;
	int rc = resolve_account(&r->q, r->arena, ask->login, &out->account,
	    err);

	(void)c;
	if (rc == 0 && out->account)
		rc = sql_first(&r->q, SQL_account_get,
		    SQL_VALS(vi(out->account)), err);
	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such account");
	if (rc < 0)
		return rc;
	out->address = str_dup(r->arena, sql_str(&r->q, account_get, address));
	sql_end(&r->q, SQL_account_get);
	rc = sql_first(&r->q, SQL_credential_get,
	    SQL_VALS(vi(out->account)), err);
	if (rc <= 0)
		return rc < 0 ? rc : err_set(err, E_NOTFOUND, "no password");
	out->sealed = str_dup(r->arena,
	    sql_str(&r->q, credential_get, sealed));
	out->sealed_to = str_dup(r->arena,
	    sql_str(&r->q, credential_get, sealed_to));
	out->factor = str_dup(r->arena,
	    sql_str(&r->q, credential_get, factor));
	sql_end(&r->q, SQL_credential_get);
	rc = find_pam(r, out, err);
	if (rc == 0)
		rc = find_ldap(r, out, err);
	if (rc < 0)
		return rc;
	rc = is_network_known(r, out->account, ask->network, out, err);
	return rc < 0 || !ask->app ? rc :
	    find_app_password(r, ask->app, out, err);
}

int
read_secret_get(struct reader *r, const struct caller *c,
    const struct secret_get_ask *ask, union store_answer *answer,
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
	    sql_str(&r->q, secret_get, sealed));
	sql_end(&r->q, SQL_secret_get);
	return 0;
}

/* Damage of one table is for those who need what is in it: the other shows as
 * well whether the key is the right one. */
int
read_sealed(struct reader *r, const struct caller *c unused_arg,
    const struct sealed_ask *ask unused_arg, union store_answer *answer,
    struct err *err)
{
	enum sql_statement s = SQL_secret_some, t = SQL_credential_some;
	struct str then;
	int rc, damaged;

	for (rc = sql_first(&r->q, s, SQL_VALS(vi(SEALED_SOME)), err); rc > 0;
	    rc = sql_next(&r->q, s, err))
		msg_put(&r->rows, &sealed_row_shape, &(struct sealed_row){
		    sql_u32(&r->q, secret_some, kind),
		    sql_str(&r->q, secret_some, name),
		    sql_str(&r->q, secret_some, sealed) });
	damaged = rc;
	if (rc == 0 || rc == E_DAMAGED)
		rc = sql_first(&r->q, t, SQL_VALS(vi(SEALED_SOME)), err);
	for (; rc > 0; rc = sql_next(&r->q, t, err)) {
		then = sql_str(&r->q, credential_some, sealed_to);
		msg_put(&r->rows, &sealed_row_shape, &(struct sealed_row){ 0,
		    then.n ? then : sql_str(&r->q, credential_some, address),
		    sql_str(&r->q, credential_some, sealed) });
	}
	answer->sealed.rows = buf_get(&r->rows);
	rc = rc < 0 ? rc : damaged;
	return rc == E_DAMAGED && r->rows.n > 0 ? 0 : rc;
}

static int
read_one_domain(struct reader *r, struct str name, struct err *err)
{
	struct domain_row row;
	int rc;

	if (!domain_key(name, r->arena, &row.name))
		return 0;
	rc = sql_first(&r->q, SQL_domain_get, SQL_VALS(vs(row.name)), err);
	if (rc <= 0)
		return rc;
	row.accounts = sql_u32(&r->q, domain_get, accounts);
	row.octets = sql_u64(&r->q, domain_get, used);
	row.quota = sql_u64(&r->q, domain_get, quota);
	row.relayed = (uint8_t)sql_u32(&r->q, domain_get, relayed);
	msg_put(&r->rows, &domain_row_shape, &row);
	sql_end(&r->q, SQL_domain_get);
	return 0;
}

/* resolve_address() says the same of it for each message. */
static int
reports_are_own(struct reader *r, struct str name, uint8_t *own,
    struct err *err)
{
	struct resolved who;
	int rc = resolve_address(&r->q, r->arena, arena_printf(r->arena,
	    FEEDBACK_LOCAL "@%.*s", STR_FMT(name)), &who, err);

	*own = rc == 0 && !who.reports && (who.kind == ADDRESS_ACCOUNT ||
	    who.kind == ADDRESS_ALIAS);
	return rc;
}

int
read_domains(struct reader *r, const struct caller *c,
    const struct domains_ask *ask, union store_answer *answer, struct err *err)
{
	enum sql_statement s = SQL_domain_list;
	int n = 0, rc;

	(void)c;
	if (ask->only.n) {
		rc = read_one_domain(r, ask->only, err);
		if (rc == 0)
			rc = reports_are_own(r, ask->only,
			    &answer->domains.own, err);
		answer->domains.rows = buf_get(&r->rows);
		return rc;
	}
	rc = sql_first(&r->q, s, SQL_VALS(vs(str_lower(r->arena, ask->after)),
	    vi(DOMAINS_A_PAGE)), err);
	for (; rc > 0 && r->rows.n < ROWS_MAX; n++) {
		msg_put(&r->rows, &domain_row_shape, &(struct domain_row){
		    sql_str(&r->q, domain_list, name),
		    sql_u32(&r->q, domain_list, accounts),
		    sql_u64(&r->q, domain_list, used),
		    sql_u64(&r->q, domain_list, quota),
		    (uint8_t)sql_u32(&r->q, domain_list, relayed) });
		rc = sql_next(&r->q, s, err);
	}
	answer->domains.more = rc > 0 || n == DOMAINS_A_PAGE;
	if (rc > 0)
		sql_end(&r->q, s);
	answer->domains.rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}

/* Damage there is for those who want what is in it: the others are listed
 * still, and no damaged page is read twice for one list. */
static int
read_has_factor(struct reader *r, struct account_row *row, bool *damaged,
    struct err *err)
{
	struct sql *q = &r->q;
	int rc = *damaged ? E_DAMAGED : sql_first(q, SQL_credential_get,
	    SQL_VALS(vi(row->account)), err);

	row->factor = HAS_FACTOR_no;
	if (rc == E_DAMAGED) {
		*damaged = true;
		row->factor = HAS_FACTOR_unknown;
		return 0;
	}
	if (rc <= 0)
		return rc;
	if (sql_str(q, credential_get, factor).n > 0)
		row->factor = HAS_FACTOR_yes;
	sql_end(q, SQL_credential_get);
	return 0;
}

static int
read_stopped(struct reader *r, struct account_row *row, struct err *err)
{
	struct send_limits_state s;
	int rc = send_limits_read(&r->q, row->account, &s, err);

	if (rc == 0)
		row->stopped = s.stopped;
	return rc;
}

static int
read_one_account(struct reader *r, struct str address, struct err *err)
{
	struct str domain, local;
	struct account_row row;
	bool damaged = false;
	int rc;

	if (!address_key(address, r->arena, &domain, &local))
		return 0;
	rc = sql_first(&r->q, SQL_address_one, SQL_VALS(vs(domain), vs(local)),
	    err);
	if (rc <= 0)
		return rc;
	row = (struct account_row){ sql_u64(&r->q, address_one, account),
		sql_str(&r->q, address_one, address),
		sql_u32(&r->q, address_one, messages),
		sql_u64(&r->q, address_one, used),
		sql_u32(&r->q, address_one, send_as),
		sql_u64(&r->q, address_one, quota), HAS_FACTOR_no,
		sql_u64(&r->q, address_one, most_messages),
		sql_u64(&r->q, address_one, most_mailboxes) };
	rc = read_has_factor(r, &row, &damaged, err);
	if (rc == 0)
		rc = read_stopped(r, &row, err);
	if (rc == 0)
		msg_put(&r->rows, &account_row_shape, &row);
	sql_end(&r->q, SQL_address_one);
	return rc;
}

int
read_accounts(struct reader *r, const struct caller *c,
    const struct accounts_ask *ask, union store_answer *answer,
    struct err *err)
{
	enum sql_statement s = SQL_address_list;
	struct str domain = STR_NULL, local = STR_NULL;
	struct account_row row;
	bool damaged = false;
	int n = 0, rc;

	(void)c;
	if (ask->only.n) {
		rc = read_one_account(r, ask->only, err);
		answer->accounts.rows = buf_get(&r->rows);
		return rc;
	}
	if (ask->after.n && !address_key(ask->after, r->arena, &domain,
	    &local))
		return err_set(err, E_INVALID, "no address");
	rc = sql_first(&r->q, s, SQL_VALS(vs(domain), vs(local),
	    vi(ACCOUNTS_A_PAGE)), err);
	for (; rc > 0 && r->rows.n < ROWS_MAX; n++) {
		row = (struct account_row){
			sql_u64(&r->q, address_list, account),
			sql_str(&r->q, address_list, address),
			sql_u32(&r->q, address_list, messages),
			sql_u64(&r->q, address_list, used),
			sql_u32(&r->q, address_list, send_as),
			sql_u64(&r->q, address_list, quota), HAS_FACTOR_no,
			sql_u64(&r->q, address_list, most_messages),
			sql_u64(&r->q, address_list, most_mailboxes) };
		rc = read_has_factor(r, &row, &damaged, err);
		if (rc == 0)
			rc = read_stopped(r, &row, err);
		if (rc < 0)
			break;
		msg_put(&r->rows, &account_row_shape, &row);
		rc = sql_next(&r->q, s, err);
	}
	answer->accounts.more = rc > 0 || n == ACCOUNTS_A_PAGE;
	if (rc != 0)
		sql_end(&r->q, s);
	answer->accounts.rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}

int
read_journal_read(struct reader *r, const struct caller *c,
    const struct journal_read_ask *ask, union store_answer *answer,
    struct err *err)
{
	struct journal_read_answer *out = &answer->journal_read;
	int rc;

	(void)c;
	/* A question about what became of a message means: until now. */
	engine_flush_journal(r->e);
	rc = journal_read(r->e->journal, ask->day, ask->offset, ROWS_MAX,
	    &r->rows, &out->next, err);
	out->rows = buf_get(&r->rows);
	return rc;
}
