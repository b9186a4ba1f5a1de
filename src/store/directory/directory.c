#include "store/engine/account_names.h"
#include "store/engine/filter.h"
#include "store/engine/send_limits.h"
#include "store/engine/note.h"
#include "store/engine/quota.h"
#include "store/directory/past_owners.h"

/*
 * Domains, accounts and secrets: what the operator and the vault change.
 */

int
write_secret_put(struct engine *e, struct write *w)
{
	const struct secret_put_ask *ask = w->ask;
	int rc;

	if (ask->kind < SECRET_tls_key || ask->kind > SECRET_dkim_key)
		return err_set(&w->err, E_INVALID, "no such kind");
	rc = sql_run(&e->w, SQL_secret_put, SQL_VALS(vi(ask->kind),
	    vs(ask->name), vs(ask->sealed)), &w->err);
	return rc;
}

struct domain_counters {
	struct str name;
	uint64_t accounts, first;
	uint32_t relayed;	/* enum domain_relayed */
};

static int
get_domain(struct engine *e, struct str name, struct domain_counters *d,
    struct err *err)
{
	int rc;

	if (!domain_key(name, e->arena, &d->name))
		return err_set(err, E_INVALID, "no domain name");
	rc = sql_first(&e->w, SQL_domain_get, SQL_VALS(vs(d->name)), err);
	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such domain");
	if (rc < 0)
		return rc;
	d->accounts = sql_u64(&e->w, domain_get, accounts);
	d->first = sql_u64(&e->w, domain_get, first);
	d->relayed = sql_u32(&e->w, domain_get, relayed);
	sql_end(&e->w, SQL_domain_get);
	return 0;
}

static int
put_domain(struct engine *e, const struct domain_counters *d, struct err *err)
{
	return sql_run(&e->w, SQL_domain_put, SQL_VALS(vi(d->accounts),
	    vi(d->first), vs(d->name)), err);
}

int
write_domain_add(struct engine *e, struct write *w)
{
	const struct domain_add_ask *ask = w->ask;
	const char *wrong = domain_is_wrong(ask->name);
	struct domain_counters d;
	int rc;

	if (wrong)
		return err_set(&w->err, E_INVALID, "%.*s: %s",
		    STR_FMT(str_first(ask->name, 80)), wrong);
	if (ask->relayed > DOMAIN_NO_MAIL)
		return err_set(&w->err, E_INVALID, "no such kind of domain");
	rc = get_domain(e, ask->name, &d, &w->err);
	if (rc == 0)
		return err_set(&w->err, E_EXISTS, "the domain is there");
	if (rc == E_NOTFOUND)
		rc = sql_run(&e->w, SQL_domain_add, SQL_VALS(vs(d.name),
		    vi(ask->relayed)), &w->err);
	return rc;
}

static int
set_domain_quota(struct engine *e, struct str name, uint64_t quota,
    struct err *err)
{
	struct domain_use *d;
	int rc = domain_use_get(e, name, &d, err);

	if (rc < 0)
		return rc;
	d->quota = quota;
	domain_use_touch(e, d);
	return 0;
}

int
write_domain_quota(struct engine *e, struct write *w)
{
	const struct domain_quota_ask *ask = w->ask;
	struct domain_counters d;
	int rc = get_domain(e, ask->name, &d, &w->err);

	if (rc == 0 && ask->quota > QUOTA_NONE)
		return err_set(&w->err, E_INVALID, "no such quota");
	return rc < 0 ? rc : set_domain_quota(e, d.name, ask->quota, &w->err);
}

int
write_domain_remove(struct engine *e, struct write *w)
{
	const struct domain_remove_ask *ask = w->ask;
	struct domain_counters d;
	uint64_t aliases = 0;
	int rc = get_domain(e, ask->name, &d, &w->err);
	if (rc == 0 && d.accounts > 0)
		return err_set(&w->err, E_INVALID,
		    "the domain still has accounts");
	if (rc == 0)
		rc = sql_number(&e->w, SQL_alias_of_domain, SQL_VALS(
		    vs(d.name)), &aliases, &w->err);
	if (rc == 0 && aliases)
		return err_set(&w->err, E_INVALID,
		    "the domain still has aliases");
	if (rc == 0)
		rc = set_domain_quota(e, d.name, 0, &w->err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_rule_del_of_domain, SQL_VALS(
		    vs(d.name)), &w->err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_relayed_del_all, SQL_VALS(
		    vs(d.name)), &w->err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_domain_del, SQL_VALS(vs(d.name)),
		    &w->err);
	if (rc == 0)
		rc = past_owner_ends(e, d.name, STR(""), &w->err);
	return rc;
}

/* ---- accounts ---------------------------------------------------------- */

struct account_name {
	struct domain_counters domain;
	struct str local;
	uint64_t account;	/* 0: none has the address */
	uint64_t alias;		/* 1: one has it */
};

/* The domain must be there, the account need not. */
static int
get_name(struct engine *e, struct str address, struct account_name *n,
    struct err *err)
{
	struct str domain;
	int rc;

	if (!address_key(address, e->arena, &domain, &n->local))
		return err_set(err, E_INVALID, "no address");
	rc = get_domain(e, domain, &n->domain, err);
	if (rc == 0)
		rc = sql_number(&e->w, SQL_address_get, SQL_VALS(
		    vs(n->domain.name), vs(n->local)), &n->account, err);
	return rc < 0 ? rc : sql_number(&e->w, SQL_alias_any, SQL_VALS(
	    vs(n->domain.name), vs(n->local)), &n->alias, err);
}

static int
get_named(struct engine *e, struct str address, struct account_name *n,
    struct err *err)
{
	int rc = get_name(e, address, n, err);

	if (rc == E_NOTFOUND || (rc == 0 && n->account == 0))
		return err_set(err, E_NOTFOUND, "there is no account %.*s",
		    STR_FMT(address));
	return rc;
}

/* With special use of RFC 6154. */
static const struct {
	const char *name;
	uint32_t special;
} mailboxes[] = {
	{ "INBOX", SPECIAL_inbox },
	{ "Sent", SPECIAL_sent },
	{ "Drafts", SPECIAL_drafts },
	{ "Trash", SPECIAL_trash },
	{ "Junk", SPECIAL_junk },
	{ "Archive", SPECIAL_archive },
};

/* No mailbox ever has the UIDVALIDITY an earlier one of its name had, also
 * not when the whole account is made again. RFC 3501 2.3.1.1 */
static int
add_mailboxes(struct engine *e, uint64_t account, uint64_t uidvalidity,
    struct err *err)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < NELEM(mailboxes) && rc == 0; i++) {
		struct str name = str_c(mailboxes[i].name);

		rc = sql_run(&e->w, SQL_mailbox_add, SQL_VALS(vi(account),
		    vi(i + 1), vs(name), vi(mailboxes[i].special),
		    vi(uidvalidity + i)), err);
		if (rc == 0)
			rc = sql_run(&e->w, SQL_subscription_add, SQL_VALS(
			    vi(account), vs(name)), err);
	}
	return rc;
}

static int
add_account(struct engine *e, struct str address, struct str sealed,
    struct account_name *n, uint64_t account, struct err *err)
{
	uint64_t uidvalidity = (uint64_t)e->now_s & UINT32_MAX;
	int rc;

	if (uidvalidity <= e->uidvalidity)
		uidvalidity = e->uidvalidity + 1;
	e->uidvalidity = uidvalidity + NELEM(mailboxes);
	rc = sql_run(&e->w, SQL_account_add, SQL_VALS(vi(account),
	    vs(address), vi(e->uidvalidity),
	    vi(NELEM(mailboxes) + 1)), err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_address_add, SQL_VALS(
		    vs(n->domain.name), vs(n->local), vi(account)), err);
	if (rc == 0)
		rc = past_owner_begins(e, n->domain.name, n->local, err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_credential_add, SQL_VALS(vi(account),
		    vs(sealed)), err);
	if (rc == 0)
		rc = add_mailboxes(e, account, uidvalidity, err);
	n->domain.accounts++;
	if (n->domain.first == 0)
		n->domain.first = account;
	return rc < 0 ? rc : put_domain(e, &n->domain, err);
}

int
account_make(struct engine *e, struct str address, struct str sealed,
    uint64_t *account, struct err *err)
{
	struct account_name n;
	int rc = get_name(e, address, &n, err);

	if (rc == 0 && n.account)
		return err_set(err, E_EXISTS, "the account is there");
	if (rc == 0 && n.domain.relayed == DOMAIN_NO_MAIL)
		return err_set(err, E_INVALID, "%.*s takes no mail: nobody "
		    "has a mailbox there", STR_FMT(n.domain.name));
	if (rc == 0 && n.domain.relayed)
		return err_set(err, E_INVALID, "mail for %.*s is passed on "
		    "to other servers: nobody has a mailbox here",
		    STR_FMT(n.domain.name));
	if (rc == 0 && (n.alias || str_eq(n.local, STR("*"))))
		return err_set(err, E_INVALID, "%.*s is an alias; first: "
		    "postern alias remove %.*s", STR_FMT(address),
		    STR_FMT(address));
	if (rc < 0)
		return rc;
	*account = e->next_account++;
	account_names_add(e, *account, address);
	return add_account(e, address, sealed, &n, *account, err);
}

int
write_account_add(struct engine *e, struct write *w)
{
	const struct account_add_ask *ask = w->ask;

	return account_make(e, ask->address, ask->sealed,
	    &w->answer.account_add.account, &w->err);
}

int
account_of_address(struct engine *e, struct str address, uint64_t *account,
    struct err *err)
{
	struct account_name n;
	int rc = get_name(e, address, &n, err);

	if (rc == 0 && (n.alias || str_eq(n.local, STR("*"))))
		return err_set(err, E_EXISTS, "%.*s is an alias",
		    STR_FMT(address));
	if (rc == 0)
		*account = n.account;
	return rc < 0 ? rc : 0;
}

int
account_throw_out(struct engine *e, uint64_t account, struct err *err)
{
	struct acct *a;
	int rc = acct_get(e, account, &a, err);

	if (rc < 0)
		return rc;
	a->generation++;
	acct_touch(e, a);
	batch_revoke(e, account);
	return 0;
}

/* Is this the credential still? */
static int
check_credential(struct engine *e, uint64_t account, struct str was,
    struct err *err)
{
	struct sql *q = &e->w;
	int rc = sql_first(q, SQL_credential_get, SQL_VALS(vi(account)), err);
	bool same;

	if (rc <= 0)
		return rc < 0 ? rc : err_set(err, E_NOTFOUND, "no password");
	same = str_eq(sql_str(q, credential_get, sealed), was);
	sql_end(q, SQL_credential_get);
	return same ? 0 : err_set(err, E_STALE,
	    "the password was changed meanwhile");
}

int
write_account_passwd(struct engine *e, struct write *w)
{
	const struct account_passwd_ask *ask = w->ask;
	struct account_name n;
	int rc = get_named(e, ask->address, &n, &w->err);
	if (rc == 0)
		rc = ldap_proves_not(e, n.account, ask->address, &w->err);
	if (rc == 0)
		rc = pam_proves_not(e, n.account, ask->address, &w->err);
	if (rc == 0 && ask->was.n)
		rc = check_credential(e, n.account, ask->was, &w->err);
	if (rc == 0)
		rc = account_throw_out(e, n.account, &w->err);
	if (rc < 0)
		return rc;
	rc = sql_run(&e->w, SQL_credential_put, SQL_VALS(vs(ask->sealed),
	    vi(n.account)), &w->err);
	if (rc == 0)
		rc = note_put(e, &(struct note){ n.account, NOTE_password,
		    NOTES_A_DAY, .facts = { .peer = ask->peer, .by_operator =
			w->caller->authority == AUTH_OPERATOR } }, &w->err);
	return rc < 0 ? rc : 0;
}

int
write_account_let(struct engine *e, struct write *w)
{
	const struct account_let_ask *ask = w->ask;
	struct account_name n;
	int rc = get_named(e, ask->address, &n, &w->err);

	if (rc == 0 && ask->send_as >= SEND_AS_N)
		return err_set(&w->err, E_INVALID, "no such right");
	return rc < 0 ? rc : sql_run(&e->w, SQL_account_let, SQL_VALS(
	    vi(ask->send_as), vi(n.account)), &w->err);
}

int
write_account_quota(struct engine *e, struct write *w)
{
	const struct account_quota_ask *ask = w->ask;
	struct account_name n;
	struct acct *a;
	int rc = get_named(e, ask->address, &n, &w->err);

	if (rc == 0 && (ask->quota > QUOTA_NONE ||
	    ask->kind > QUOTA_mailboxes))
		return err_set(&w->err, E_INVALID, "no such quota");
	if (rc == 0)
		rc = acct_get(e, n.account, &a, &w->err);
	if (rc < 0)
		return rc;
	if (ask->kind == QUOTA_octets)
		a->quota = ask->quota;
	else if (ask->kind == QUOTA_messages)
		a->most_messages = ask->quota;
	else
		a->most_mailboxes = ask->quota;
	acct_touch(e, a);
	return note_mailboxes(e, a, &w->err);
}

/* Nobody reaches it from here on; its mail goes in slices (gc.c). */
static int
remove_account(struct engine *e, struct account_name *n, struct err *err)
{
	struct acct *a;
	int rc = acct_get(e, n->account, &a, err);

	if (rc < 0)
		return rc;
	if (a->uidvalidity > e->uidvalidity)
		e->uidvalidity = a->uidvalidity;
	acct_count(e, a, -a->messages, -a->used);
	state_drop_account(e, n->account);
	rc = sql_run(&e->w, SQL_address_del, SQL_VALS(vs(n->domain.name),
	    vs(n->local)), err);
	if (rc == 0)
		rc = past_owner_ends(e, n->domain.name, n->local, err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_credential_del, SQL_VALS(
		    vi(n->account)), err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_app_password_del_all, SQL_VALS(
		    vi(n->account)), err);
	if (rc == 0)
		rc = filter_remove(e, n->account, err);
	if (rc == 0)
		rc = note_forget(e, n->account, err);
	if (rc == 0)
		rc = send_limits_drop(e, n->account, err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_vacation_del, SQL_VALS(
		    vi(n->account)), err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_carried_del, SQL_VALS(
		    vi(n->account)), err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_account_del, SQL_VALS(
		    vi(n->account)), err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_removal_add, SQL_VALS(
		    vi(n->account)), err);
	n->domain.accounts--;
	if (rc == 0 && n->domain.first == n->account)
		rc = sql_number(&e->w, SQL_address_least, SQL_VALS(
		    vs(n->domain.name)), &n->domain.first, err);
	return rc < 0 ? rc : put_domain(e, &n->domain, err);
}

int
write_account_remove(struct engine *e, struct write *w)
{
	const struct account_remove_ask *ask = w->ask;
	struct account_name n;
	struct str address;
	int rc = get_named(e, ask->address, &n, &w->err);
	if (rc < 0)
		return rc;
	address = arena_printf(e->arena, "%.*s@%.*s", STR_FMT(n.local),
	    STR_FMT(n.domain.name));
	rc = ldap_forget(e, n.account, address, &w->err);
	if (rc == 0)
		rc = pam_forget(e, n.account, &w->err);
	if (rc == 0)
		rc = aliases_to(e, address, &w->err);
	if (rc == 0)
		rc = remove_account(e, &n, &w->err);
	if (rc < 0)
		return rc;
	batch_revoke(e, n.account);
	return 0;
}
