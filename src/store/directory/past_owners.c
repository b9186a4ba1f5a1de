#include "store/directory/past_owners.h"

#include "store/directory/resolve.h"

int
past_owner_ends(struct engine *e, struct str domain, struct str local,
    struct err *err)
{
	return sql_run(&e->w, SQL_past_owner_put, SQL_VALS(vs(domain),
	    vs(local), vi((uint64_t)e->now_s)), err);
}

int
past_owner_begins(struct engine *e, struct str domain, struct str local,
    struct err *err)
{
	uint64_t rest = 0;
	int rc = sql_number(&e->w, SQL_alias_any, SQL_VALS(vs(domain),
	    vs(STR("*"))), &rest, err);

	return rc < 0 || !rest || str_eq(local, STR("*")) ? rc :
	    past_owner_ends(e, domain, local, err);
}

/* Mailbox Names for Common Services, Roles and Functions: they change hands. */
static bool
is_role(struct str local)
{
	static const char *const names[] = { "abuse", "ftp", "hostmaster",
		"info", "marketing", "news", "noc", "postmaster", "sales",
		"security", "support", "usenet", "uucp", "webmaster", "www" };

	for (size_t i = 0; i < NELEM(names); i++)
		if (str_eqi(local, str_c(names[i])))
			return true;
	return false;
}

/* What is known of one address while its names are looked at. */
struct owner_look {
	struct sql *q;
	int64_t since;
	struct str domain;
	bool own;		/* something is known of the address itself */
	bool changed, new_domain, no_record;
};

static int
look_at_name(struct owner_look *l, struct str local, struct err *err)
{
	int rc = sql_first(l->q, SQL_past_owner_get, SQL_VALS(vs(l->domain),
	    vs(local)), err);
	bool known, after;

	if (rc <= 0)
		return rc;
	after = sql_i64(l->q, past_owner_get, until) >= l->since;
	known = sql_u32(l->q, past_owner_get, known) != 0;
	sql_end(l->q, SQL_past_owner_get);
	if (local.n > 0) {
		l->own = true;
		l->changed |= after && known;
		l->no_record |= after && !known;
	} else {
		l->new_domain |= after && known;
		/* Of one that is there all the while its own row says more. */
		l->no_record |= after && !known && !l->own;
	}
	return 0;
}

/* By every name that mail for it goes by: as it is written, without what
 * stands behind the delimiter, and the one that has all the rest. */
static int
look_at_names(struct owner_look *l, struct arena *a, struct str local,
    struct str address, struct err *err)
{
	struct str base, detail;
	struct resolved who;
	bool plus = str_cut(local, RECIPIENT_DELIMITER, &base, &detail);
	int rc = look_at_name(l, local, err);

	if (rc == 0 && plus && base.n > 0)
		rc = look_at_name(l, base, err);
	if (rc == 0)
		rc = resolve_address(l->q, a, address, &who, err);
	if (rc == 0 && who.kind == ADDRESS_ALIAS &&
	    str_eq(who.local, STR("*")))
		rc = look_at_name(l, STR("*"), err);
	return rc < 0 ? rc : look_at_name(l, STR(""), err);
}

int
past_owner_check(struct sql *q, struct arena *a, struct str address,
    int64_t since, enum rcpt_kind *kind, struct err *err)
{
	struct owner_look l = { .q = q, .since = since };
	struct str local, base, detail;
	int rc;

	*kind = RCPT_LOCAL;
	if (!address_key(address, a, &l.domain, &local))
		return 0;
	(void)str_cut(local, RECIPIENT_DELIMITER, &base, &detail);
	if (is_role(base))
		return 0;
	rc = look_at_names(&l, a, local, address, err);
	if (rc < 0)
		return rc;
	*kind = l.changed ? RCPT_NEW_OWNER : l.new_domain ? RCPT_NEW_DOMAIN :
	    l.no_record ? RCPT_NO_RECORD : RCPT_LOCAL;
	return 0;
}
