#include "store/engine/engine_int.h"
#include "store/directory/past_owners.h"
#include "store/directory/resolve.h"
#include "store/address/srs.h"

/*
 * Aliases: what the operator changes, and the list.
 */

enum { ROWS_MAX = 180000, ALIASES_A_PAGE = 200, ALIASES_NAMED = 3 };

/* An alias of a domain of ours; it may be there or not. */
struct alias_name {
	struct str domain, local;
	uint64_t targets;
	uint32_t relayed;	/* of the domain: enum domain_relayed */
};

static int
get_name(struct engine *e, struct str address, struct alias_name *n,
    struct err *err)
{
	uint64_t account;
	int rc;

	if (!address_is_plain(address) ||
	    !address_key(address, e->arena, &n->domain, &n->local))
		return err_set(err, E_INVALID, "%.*s is no address",
		    STR_FMT(address));
	rc = sql_first(&e->w, SQL_domain_get, SQL_VALS(vs(n->domain)), err);
	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no mail is taken for %.*s; "
		    "first: postern domain add %.*s", STR_FMT(n->domain),
		    STR_FMT(n->domain));
	if (rc < 0)
		return rc;
	n->relayed = sql_u32(&e->w, domain_get, relayed);
	sql_end(&e->w, SQL_domain_get);
	if (n->relayed == DOMAIN_NO_MAIL)
		return err_set(err, E_INVALID, "%.*s takes no mail",
		    STR_FMT(n->domain));
	rc = sql_number(&e->w, SQL_address_get, SQL_VALS(vs(n->domain),
	    vs(n->local)), &account, err);
	if (rc == 0 && account)
		return err_set(err, E_EXISTS, "%.*s is the address of an "
		    "account", STR_FMT(address));
	return rc < 0 ? rc : sql_number(&e->w, SQL_alias_count, SQL_VALS(
	    vs(n->domain), vs(n->local)), &n->targets, err);
}

/* As it is kept: of our domains in lower case, so that who is asked for later
 * is found; elsewhere case is the local part's own. RFC 5321 2.4 */
static struct str
target_key(struct engine *e, struct str target, bool ours)
{
	size_t at = str_rchr(target, '@');

	if (ours)
		return str_lower(e->arena, target);
	return arena_printf(e->arena, "%.*s@%.*s",
	    STR_FMT(str_first(target, at)),
	    STR_FMT(str_lower(e->arena, str_from(target, at + 1))));
}

static int
check_target(struct engine *e, struct str target, bool *ours, struct err *err)
{
	struct str domain, local;
	struct resolved who;
	int rc;

	if (!address_is_plain(target) ||
	    !address_key(target, e->arena, &domain, &local) ||
	    str_eq(local, STR("*")))
		return err_set(err, E_INVALID, "%.*s is no address to send "
		    "to", STR_FMT(target));
	rc = resolve_address(&e->w, e->arena, target, &who, err);
	if (rc < 0)
		return rc;
	*ours = who.kind != ADDRESS_REMOTE;
	if (who.kind == ADDRESS_UNKNOWN || who.kind == ADDRESS_SRS ||
	    who.kind == ADDRESS_NO_MAIL)
		return err_set(err, E_NOTFOUND, "nobody here has the address "
		    "%.*s", STR_FMT(target));
	return 0;
}

/* Loops that come about in other ways are cut when they are walked. */
static int
check_loop(struct engine *e, const struct alias_name *n, struct str target,
    struct err *err)
{
	struct walk w;
	bool returns;
	int rc;

	walk_begin(&w, &e->w, e->arena);
	w.domain = n->domain;
	w.local = n->local;
	rc = walk_along(&w, target, err);
	returns = w.returns;
	walk_end(&w);
	if (rc == 0 && returns)
		return err_set(err, E_INVALID, "%.*s would lead back to "
		    "%.*s@%.*s", STR_FMT(target), STR_FMT(n->local),
		    STR_FMT(n->domain));
	return rc;
}

static int
add_target(struct engine *e, const struct alias_name *n, struct str target,
    struct err *err)
{
	uint64_t there;
	bool ours;
	int rc = check_target(e, target, &ours, err);

	if (rc < 0)
		return rc;
	target = target_key(e, target, ours);
	rc = sql_number(&e->w, SQL_alias_get, SQL_VALS(vs(n->domain),
	    vs(n->local), vs(target)), &there, err);
	if (rc == 0 && there)
		return err_set(err, E_EXISTS, "it leads to %.*s already",
		    STR_FMT(target));
	if (rc == 0 && n->targets >= RESOLVE_TARGETS)
		return err_set(err, E_LIMIT, "an alias leads to at most %d "
		    "addresses", RESOLVE_TARGETS);
	if (rc == 0)
		rc = check_loop(e, n, target, err);
	/* One more gets what was for others alone. */
	if (rc == 0)
		rc = n->targets > 0 ? past_owner_ends(e, n->domain, n->local,
		    err) : past_owner_begins(e, n->domain, n->local, err);
	return rc < 0 ? rc : sql_run(&e->w, SQL_alias_add, SQL_VALS(
	    vs(n->domain), vs(n->local), vs(target)), err);
}

int
alias_lead(struct engine *e, struct str address, struct str target,
    bool fresh, struct err *err)
{
	struct alias_name n;
	int rc = get_name(e, address, &n, err);

	if (rc == 0 && fresh && n.targets > 0)
		return err_set(err, E_EXISTS, "%.*s is an alias already",
		    STR_FMT(address));
	if (rc == 0 && srs_is(n.local))
		return err_set(err, E_INVALID, "addresses that begin with "
		    "SRS0 and SRS1 are those of forwarded mail");
	if (rc == 0 && n.relayed && str_eq(n.local, STR("*")))
		return err_set(err, E_INVALID, "mail for %.*s is passed on: "
		    "postern domain addresses says for whom",
		    STR_FMT(n.domain));
	return rc < 0 ? rc : add_target(e, &n, target, err);
}

int
alias_lead_no_more(struct engine *e, struct str domain, struct str local,
    struct str target, struct err *err)
{
	int rc = sql_change(&e->w, SQL_alias_del, SQL_VALS(vs(domain),
	    vs(local), vs(target)), err);

	return rc <= 0 ? rc : past_owner_ends(e, domain, local, err);
}

int
write_alias_add(struct engine *e, struct write *w)
{
	const struct alias_add_ask *ask = w->ask;

	return alias_lead(e, ask->address, ask->target, false, &w->err);
}

int
aliases_to(struct engine *e, struct str address, struct err *err)
{
	enum sql_statement s = SQL_alias_to;
	struct buf names = BUF_INIT(150);
	int rc = sql_first(&e->w, s, SQL_VALS(vs(address),
	    vi(ALIASES_NAMED + 1)), err), n = 0;

	for (; rc > 0; n++) {
		struct str local = sql_str(&e->w, alias_to, local);
		struct str domain = sql_str(&e->w, alias_to, domain);

		buf_str(&names, n ? STR(", ") : STR(""));
		buf_str(&names, n == ALIASES_NAMED ? STR("...") :
		    arena_printf(e->arena, "%.*s@%.*s", STR_FMT(local),
			STR_FMT(domain)));
		rc = sql_next(&e->w, s, err);
	}
	if (rc == 0 && n > 0)
		rc = err_set(err, E_INVALID, "aliases lead to it (postern "
		    "alias remove ...): %.*s", STR_FMT(buf_get(&names)));
	buf_free(&names);
	return rc;
}

static int
remove_targets(struct engine *e, const struct alias_name *n, struct str target,
    struct err *err)
{
	struct str low = str_lower(e->arena, target);
	int rc;

	if (n->targets == 0)
		return err_set(err, E_NOTFOUND, "there is no such alias");
	if (target.n == 0)
		return sql_run(&e->w, SQL_alias_del_all, SQL_VALS(
		    vs(n->domain), vs(n->local)), err);
	rc = sql_change(&e->w, SQL_alias_del, SQL_VALS(vs(n->domain),
	    vs(n->local), vs(target_key(e, target, false))), err);
	if (rc == 0)
		rc = sql_change(&e->w, SQL_alias_del, SQL_VALS(
		    vs(n->domain), vs(n->local), vs(low)), err);
	if (rc == 0)
		return err_set(err, E_NOTFOUND, "it does not lead to %.*s",
		    STR_FMT(target));
	return rc < 0 ? rc : 0;
}

/* The last target goes: others must not lead to what is no more. */
static int
check_end(struct engine *e, const struct alias_name *n, struct str target,
    struct err *err)
{
	if (target.n && n->targets > 1)
		return 0;
	return aliases_to(e, arena_printf(e->arena, "%.*s@%.*s",
	    STR_FMT(n->local), STR_FMT(n->domain)), err);
}

/* Does it lead still to the account that a directory elsewhere has made it for
 * (ldap.c)? Else it is not that directory's any more. */
static int
look_whose(struct engine *e, const struct alias_name *n, struct err *err)
{
	uint64_t account = 0, leads = 0;
	struct str address;
	int rc = sql_number(&e->w, SQL_ldap_alias_get, SQL_VALS(
	    vs(n->domain), vs(n->local)), &account, err);

	if (rc < 0 || account == 0)
		return rc;
	rc = sql_first(&e->w, SQL_account_get, SQL_VALS(vi(account)), err);
	if (rc > 0) {
		address = str_lower(e->arena, sql_str(&e->w, account_get,
		    address));
		sql_end(&e->w, SQL_account_get);
		rc = sql_number(&e->w, SQL_alias_get, SQL_VALS(vs(n->domain),
		    vs(n->local), vs(address)), &leads, err);
	}
	return rc < 0 || leads ? rc : sql_run(&e->w, SQL_ldap_alias_del,
	    SQL_VALS(vs(n->domain), vs(n->local)), err);
}

int
write_alias_remove(struct engine *e, struct write *w)
{
	const struct alias_remove_ask *ask = w->ask;
	struct alias_name n;
	int rc = get_name(e, ask->address, &n, &w->err);

	if (rc == 0)
		rc = check_end(e, &n, ask->target, &w->err);
	if (rc == 0)
		rc = remove_targets(e, &n, ask->target, &w->err);
	if (rc == 0)
		rc = look_whose(e, &n, &w->err);
	if (rc == 0)
		rc = past_owner_ends(e, n.domain, n.local, &w->err);
	return rc;
}

/* ---- the list ---------------------------------------------------------- */

/* A cursor is a row: address, a space, target; neither has spaces. */
static bool
read_cursor(struct reader *r, struct str after, struct str *domain,
    struct str *local, struct str *target)
{
	struct str address;

	*domain = *local = *target = STR_NULL;
	return after.n == 0 || (str_cut(after, ' ', &address, target) &&
	    address_key(address, r->arena, domain, local));
}

int
read_aliases(struct reader *r, const struct caller *c,
    const struct aliases_ask *ask, union store_answer *answer, struct err *err)
{
	struct aliases_answer *out = &answer->aliases;
	enum sql_statement s = SQL_alias_list;
	struct str domain, local, target;
	struct alias_row row = { 0 };
	int n = 0, rc;

	(void)c;
	if (!read_cursor(r, ask->after, &domain, &local, &target))
		return err_set(err, E_INVALID, "no such cursor");
	rc = sql_first(&r->q, s, SQL_VALS(vs(domain), vs(local), vs(target),
	    vi(ALIASES_A_PAGE)), err);
	for (; rc > 0 && r->rows.n < ROWS_MAX; n++) {
		row.address = arena_printf(r->arena, "%.*s@%.*s",
		    STR_FMT(sql_str(&r->q, alias_list, local)),
		    STR_FMT(sql_str(&r->q, alias_list, domain)));
		row.target = str_dup(r->arena,
		    sql_str(&r->q, alias_list, target));
		msg_put(&r->rows, &alias_row_shape, &row);
		rc = sql_next(&r->q, s, err);
	}
	if (rc > 0 || n == ALIASES_A_PAGE)
		out->next = arena_printf(r->arena, "%.*s %.*s",
		    STR_FMT(row.address), STR_FMT(row.target));
	if (rc > 0)
		sql_end(&r->q, s);
	out->rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}

/* ---- whom one leads to --------------------------------------------------- */

static int
put_members(struct reader *r, const struct resolved *who,
    struct expn_answer *out, struct err *err)
{
	enum sql_statement s = SQL_alias_targets;
	int n = 0, rc = sql_first(&r->q, s, SQL_VALS(vs(who->domain),
	    vs(who->local)), err);

	for (; rc > 0 && n < EXPN_MOST; n++) {
		buf_str(&r->rows, sql_str(&r->q, alias_targets, target));
		buf_chr(&r->rows, '\n');
		rc = sql_next(&r->q, s, err);
	}
	out->more = rc > 0;
	if (rc > 0)
		sql_end(&r->q, s);
	return rc < 0 ? rc : 0;
}

int
read_expn(struct reader *r, const struct caller *c,
    const struct expn_ask *ask, union store_answer *answer, struct err *err)
{
	struct expn_answer *out = &answer->expn;
	struct resolved who;
	int rc;

	(void)c;
	if (!__atomic_load_n(&r->e->o.expands, __ATOMIC_RELAXED))
		return err_set(err, E_DENIED, "nobody is told of lists");
	rc = resolve_address(&r->q, r->arena, ask->address, &who, err);
	if (rc == 0 && (who.kind == ADDRESS_UNKNOWN ||
	    who.kind == ADDRESS_NO_MAIL))
		return err_set(err, E_NOTFOUND, "nobody has this address");
	if (rc == 0 && who.kind == ADDRESS_ALIAS)
		rc = put_members(r, &who, out, err);
	else if (rc == 0)
		buf_printf(&r->rows, "%.*s\n", STR_FMT(ask->address));
	out->members = buf_get(&r->rows);
	return rc;
}
