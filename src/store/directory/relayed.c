#include "store/directory/relayed.h"

#include "store/engine/engine_int.h"

/*
 * Domains whose mail is taken here and passed on to other servers, and the
 * addresses that there are there. Nobody is asked about these when mail comes:
 * an address that is not among them is refused at once, by a server that may be
 * the only one that is up.
 */

enum { ROWS_MAX = 180000, ADDRESSES_A_PAGE = 2000 };

static int
is_listed(struct sql *q, struct str domain, struct str local, bool *yes,
    struct err *err)
{
	uint64_t n = 0;
	int rc = local.n == 0 || local.n > ADDRESS_LOCAL_MAX ? 0 :
	    sql_number(q, SQL_relayed_any, SQL_VALS(vs(domain), vs(local)),
		&n, err);

	*yes |= n > 0;
	return rc;
}

int
relayed_has(struct sql *q, struct str domain, struct str local, bool *yes,
    struct err *err)
{
	struct str base, detail;
	bool plus = str_cut(local, RECIPIENT_DELIMITER, &base, &detail);
	int rc;

	*yes = resolve_is_postmaster(local);
	rc = *yes ? 0 : is_listed(q, domain, local, yes, err);
	if (rc == 0 && !*yes && plus)
		rc = is_listed(q, domain, base, yes, err);
	if (rc == 0 && !*yes)
		rc = is_listed(q, domain, STR("*"), yes, err);
	return rc;
}

/* E_NOTFOUND, E_INVALID: there is no such domain that is passed on. */
static int
get_relayed(struct sql *q, struct arena *a, struct str name,
    struct str *domain, struct err *err)
{
	uint32_t relayed;
	int rc;

	if (!domain_key(name, a, domain))
		return err_set(err, E_INVALID, "no domain name");
	rc = sql_first(q, SQL_domain_get, SQL_VALS(vs(*domain)), err);
	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such domain");
	if (rc < 0)
		return rc;
	relayed = sql_u32(q, domain_get, relayed);
	sql_end(q, SQL_domain_get);
	if (relayed == DOMAIN_NO_MAIL)
		return err_set(err, E_INVALID, "%.*s takes no mail",
		    STR_FMT(*domain));
	return relayed ? 0 : err_set(err, E_INVALID, "%.*s has mailboxes "
	    "here: its addresses are accounts and aliases",
	    STR_FMT(*domain));
}

static int
change_one(struct engine *e, struct str domain, struct str typed, bool remove,
    struct err *err)
{
	struct str local = str_lower(e->arena, typed);

	if (!str_eq(local, STR("*")) && (local.n == 0 ||
	    local.n > ADDRESS_LOCAL_MAX || !address_is_local(local)))
		return err_set(err, E_INVALID, "\"%.*s\" cannot stand before "
		    "the @", STR_FMT(str_first(typed, ADDRESS_LOCAL_MAX)));
	return sql_run(&e->w, remove ? SQL_relayed_del : SQL_relayed_add,
	    SQL_VALS(vs(domain), vs(local)), err);
}

int
write_relayed_change(struct engine *e, struct write *w)
{
	const struct relayed_change_ask *ask = w->ask;
	struct rd rd = rd_of(ask->rows);
	struct relayed_row row;
	struct str domain;
	int rc = get_relayed(&e->w, e->arena, ask->domain, &domain, &w->err);

	while (rc == 0 && rd_left(&rd) > 0) {
		if (!msg_take(&rd, &relayed_row_shape, &row))
			return err_set(&w->err, E_INVALID, "no addresses");
		rc = change_one(e, domain, row.local, ask->remove, &w->err);
	}
	return rc;
}

int
read_relayed(struct reader *r, const struct caller *c unused_arg,
    const struct relayed_ask *ask, union store_answer *answer, struct err *err)
{
	enum sql_statement s = SQL_relayed_list;
	struct str domain;
	int n = 0, rc = get_relayed(&r->q, r->arena, ask->domain, &domain,
	    err);

	if (rc == 0)
		rc = sql_first(&r->q, s, SQL_VALS(vs(domain), vs(ask->after),
		    vi(ADDRESSES_A_PAGE)), err);
	for (; rc > 0 && r->rows.n < ROWS_MAX; n++) {
		msg_put(&r->rows, &relayed_row_shape, &(struct relayed_row){
		    sql_str(&r->q, relayed_list, local) });
		rc = sql_next(&r->q, s, err);
	}
	answer->relayed.more = rc > 0 || n == ADDRESSES_A_PAGE;
	if (rc > 0)
		sql_end(&r->q, s);
	answer->relayed.rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}
