#include "store/policy/policy.h"

/*
 * Policies of other domains, as relay has fetched them.
 */

enum { MODE_MAX = 2, ID_MAX = 32, AGE_MAX_S = 31557600 };

int
read_sts_get(struct reader *r, const struct caller *c unused_arg,
    const struct sts_get_ask *ask, union store_answer *answer, struct err *err)
{
	struct sts_get_answer *out = &answer->sts_get;
	int rc = sql_first(&r->q, SQL_sts_get, SQL_VALS(vs(ask->domain)), err);

	*out = (struct sts_get_answer){ .known = rc > 0 };
	buf_reset(&r->rows);
	if (rc <= 0)
		return rc;
	buf_str(&r->rows, sql_str(&r->q, sts_get, id));
	buf_str(&r->rows, sql_str(&r->q, sts_get, mx));
	out->id = str_first(buf_get(&r->rows),
	    sql_str(&r->q, sts_get, id).n);
	out->mx = str_from(buf_get(&r->rows), out->id.n);
	out->mode = sql_u32(&r->q, sts_get, mode);
	out->fetched = sql_i64(&r->q, sts_get, fetched);
	out->expires = sql_i64(&r->q, sts_get, expires);
	sql_end(&r->q, SQL_sts_get);
	return 0;
}

/* Names and spaces, and nothing that a log or a command would stumble over. */
static bool
makes_sense(const struct sts_put_ask *ask)
{
	for (size_t i = 0; i < ask->id.n; i++)
		if (!ascii_is_alnum(ask->id.p[i]))
			return false;
	return domain_is_plain(ask->domain) && str_is_ascii(ask->domain) &&
	    str_is_printable(ask->mx) &&
	    ask->id.n > 0 && ask->id.n <= ID_MAX && ask->mode <= MODE_MAX &&
	    ask->max_age_s <= AGE_MAX_S;
}

int
write_sts_put(struct engine *e, struct write *w)
{
	const struct sts_put_ask *ask = w->ask;
	uint64_t now = (uint64_t)e->now_s, n;
	int rc;

	if (!makes_sense(ask))
		return err_set(&w->err, E_INVALID, "no policy");
	rc = sql_run(&e->w, SQL_sts_del, SQL_VALS(vs(ask->domain)), &w->err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_sts_expire, SQL_VALS(vi(now)),
		    &w->err);
	if (rc == 0)
		rc = sql_number(&e->w, SQL_sts_count, NULL, 0, &n, &w->err);
	if (rc == 0 && n >= STS_ROWS_MAX)
		rc = sql_run(&e->w, SQL_sts_del_first, NULL, 0, &w->err);
	return rc < 0 ? rc : sql_run(&e->w, SQL_sts_add, SQL_VALS(
	    vs(ask->domain), vs(ask->id), vi(ask->mode), vs(ask->mx), vi(now),
	    vi(now + ask->max_age_s)), &w->err);
}
