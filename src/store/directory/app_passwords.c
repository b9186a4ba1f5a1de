#include "store/directory/resolve.h"
#include "store/engine/note.h"

/*
 * App passwords: what vault made, by their keyed hashes, and the list.
 */

/* A person's own, or the one that is named. */
static int
get_account(struct sql *q, struct arena *a, const struct caller *c,
    struct str address, uint64_t *account, struct err *err)
{
	*account = c->account;
	return c->authority == AUTH_ACCOUNT ? 0 :
	    resolve_named(q, a, address, account, err);
}

/* Text for people, on one line. */
static bool
is_label(struct str s)
{
	struct str rest = s;
	uint32_t code;

	/* A label is part of a path (doc/http.md): these two would be gone from
	 * it on the way. */
	if (str_eq(s, STR(".")) || str_eq(s, STR("..")))
		return false;
	if (s.n == 0 || !str_is_utf8(s) || !str_eq(str_trim(s), s))
		return false;
	while (rest.n > 0) {
		rest = str_from(rest, str_utf8_char(rest, &code));
		if (code < 0x20 || (code >= 0x7f && code < 0xa0))
			return false;
	}
	return true;
}

/* One key, one row: by what is shown it is found. */
static int
check_new_certificate(struct engine *e, uint64_t account, uint64_t number,
    struct err *err)
{
	int rc = sql_first(&e->w, SQL_app_password_get, SQL_VALS(vi(account),
	    vi(number)), err);

	if (rc <= 0)
		return rc;
	sql_end(&e->w, SQL_app_password_get);
	return err_set(err, E_EXISTS, "the account has a certificate with "
	    "this key already");
}

int
write_app_password_add(struct engine *e, struct write *w)
{
	const struct app_password_add_ask *ask = w->ask;
	uint64_t account, there, n;
	bool certificate = ask->kind == APP_certificate;
	int rc = get_account(&e->w, e->arena, w->caller, ask->address,
	    &account, &w->err);

	if (rc == 0 && !is_label(ask->label))
		return err_set(&w->err, E_INVALID, "a label is 1 to %d octets "
		    "of text on one line", APP_LABEL_MAX);
	if (rc == 0 && (ask->services == 0 || ask->services > SERVICES_apps ||
	    ask->number == 0 || ask->proof.n != APP_PROOF_LEN ||
	    ask->kind >= APP_KINDS))
		return err_set(&w->err, E_INVALID, "no app password");
	if (rc == 0)
		rc = sql_number(&e->w, SQL_app_password_labelled, SQL_VALS(
		    vi(account), vs(ask->label)), &there, &w->err);
	if (rc == 0 && there)
		return err_set(&w->err, E_EXISTS, "there is an app password "
		    "\"%.*s\" already", STR_FMT(ask->label));
	if (rc == 0 && certificate)
		rc = check_new_certificate(e, account, ask->number, &w->err);
	if (rc == 0)
		rc = sql_number(&e->w, SQL_app_password_count, SQL_VALS(
		    vi(account)), &n, &w->err);
	if (rc == 0 && n >= APP_PASSWORDS_MAX)
		return err_set(&w->err, E_LIMIT, "the account has %d app "
		    "passwords already; remove one first", APP_PASSWORDS_MAX);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_app_password_add, SQL_VALS(
		    vi(account), vi(ask->number), vs(ask->proof),
		    vs(ask->label), vi(ask->services),
		    vi((uint64_t)e->now_s), vi((uint64_t)ask->expires),
		    vs(ask->keys), vi(ask->kind)), &w->err);
	if (rc == 0)
		rc = note_put(e, &(struct note){ account, NOTE_app_password,
		    NOTES_A_DAY, .facts = { .peer = ask->peer,
			.services = ask->services, .label = ask->label,
			.by_operator = ask->peer.n == 0 } }, &w->err);
	return rc < 0 ? rc : 0;
}

int
write_app_password_used(struct engine *e, struct write *w)
{
	const struct app_password_used_ask *ask = w->ask;

	return sql_run(&e->w, SQL_app_password_use, SQL_VALS(
	    vi((uint64_t)e->now_s), vs(ask->used_from), vi(ask->used_for),
	    vi(ask->account), vi(ask->number)), &w->err);
}

/* All connections of the account end: vault opens those again that came in by
 * something else. */
int
write_app_password_remove(struct engine *e, struct write *w)
{
	const struct app_password_remove_ask *ask = w->ask;
	uint64_t account;
	int rc = get_account(&e->w, e->arena, w->caller, ask->address,
	    &account, &w->err);

	if (rc == 0 && ask->label.n > 0)
		rc = sql_change(&e->w, SQL_app_password_del, SQL_VALS(
		    vi(account), vs(ask->label)), &w->err);
	else if (rc == 0)
		rc = sql_change(&e->w, SQL_app_password_del_all, SQL_VALS(
		    vi(account)), &w->err);
	if (rc == 0 && ask->label.n > 0)
		return err_set(&w->err, E_NOTFOUND, "there is no app password "
		    "\"%.*s\"", STR_FMT(ask->label));
	if (rc < 0)
		return rc;
	w->answer.app_password_remove.removed = (uint32_t)rc;
	if (rc > 0)
		batch_revoke(e, account);
	return 0;
}

int
read_app_passwords(struct reader *r, const struct caller *c,
    const struct app_passwords_ask *ask, union store_answer *answer,
    struct err *err)
{
	enum sql_statement s = SQL_app_password_list;
	uint64_t account;
	int rc = get_account(&r->q, r->arena, c, ask->address, &account, err);

	if (rc == 0)
		rc = sql_first(&r->q, s, SQL_VALS(vi(account)), err);
	for (; rc > 0; rc = sql_next(&r->q, s, err))
		msg_put(&r->rows, &app_password_row_shape,
		    &(struct app_password_row){
			.made = sql_i64(&r->q, app_password_list, made),
			.label = sql_str(&r->q, app_password_list, label),
			.services = sql_u32(&r->q, app_password_list,
			    services),
			.expires = sql_i64(&r->q, app_password_list, expires),
			.used = sql_i64(&r->q, app_password_list, used),
			.used_from = sql_str(&r->q, app_password_list,
			    used_from),
			.used_for = sql_u32(&r->q, app_password_list,
			    used_for),
			.kind = sql_u32(&r->q, app_password_list, kind) });
	answer->app_passwords.rows = buf_get(&r->rows);
	return rc;
}

/* Who shows a certificate need not say who they are. */
int
read_certificate_owner(struct reader *r, const struct caller *c unused_arg,
    const struct certificate_owner_ask *ask, union store_answer *answer,
    struct err *err)
{
	enum sql_statement s = SQL_certificate_owner;
	int rc = sql_first(&r->q, s, SQL_VALS(vi(ask->number)), err);

	if (rc > 0) {
		answer->certificate_owner.address = str_dup(r->arena,
		    sql_str(&r->q, certificate_owner, address));
		rc = sql_next(&r->q, s, err);
		if (rc == 0)
			return 0;
		sql_end(&r->q, s);
	}
	return rc < 0 ? rc : err_set(err, E_NOTFOUND,
	    "nobody's certificate, or of several");
}

/* What SCRAM proves them by ------------------------------------------------ */

int
read_app_keys(struct reader *r, const struct caller *c unused_arg,
    const struct app_keys_ask *ask, union store_answer *answer,
    struct err *err)
{
	enum sql_statement s = SQL_app_keys_list;
	int rc = sql_first(&r->q, s, SQL_VALS(vi(ask->account)), err);

	for (; rc > 0; rc = sql_next(&r->q, s, err))
		msg_put(&r->rows, &app_keys_row_shape, &(struct app_keys_row){
		    sql_u64(&r->q, app_keys_list, number),
		    sql_str(&r->q, app_keys_list, keys) });
	answer->app_keys.rows = buf_get(&r->rows);
	return rc;
}

int
write_keys_renew(struct engine *e, struct write *w)
{
	const struct keys_renew_ask *ask = w->ask;
	int rc = ask->number ? sql_change(&e->w, SQL_app_keys_put, SQL_VALS(
	    vs(ask->sealed), vi(ask->account), vi(ask->number),
	    vs(ask->was)), &w->err) :
	    sql_change(&e->w, SQL_credential_renew, SQL_VALS(vs(ask->sealed),
	    vi(ask->account), vs(ask->was)), &w->err);

	if (rc == 0)
		return err_set(&w->err, E_STALE, "there is another by now");
	return rc < 0 ? rc : 0;
}
