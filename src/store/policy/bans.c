#include "store/policy/policy.h"

#include "rt/bans.h"

/*
 * Networks whose connections are not taken: what the operator says of them.
 */

enum { BANS_A_PAGE = 400, ROWS_MAX = 180000, LEAST_V4 = 8, LEAST_V6 = 16 };

/* This machine asks for too much at times, and is needed to lift a ban. */
bool
ban_is_ours(const struct ip *ip)
{
	static const struct ip one = { .v6 = true, .octets = { [15] = 1 } };

	return ip->v6 ? ip_matches(ip, &one, 128) : ip->octets[0] == 127;
}

static int
ban_subject(struct str network, uint32_t bits, struct err *err)
{
	struct ip ip;

	if (!ip_of_octets(network, &ip) || !ip_is_network(&ip, bits))
		return err_set(err, E_INVALID, "no network");
	if (bits < (ip.v6 ? LEAST_V6 : LEAST_V4))
		return err_set(err, E_INVALID, "that is too much of the world");
	return ban_is_ours(&ip) ? err_set(err, E_INVALID, "this machine "
	    "cannot be banned") : 0;
}

int
write_ban_put(struct engine *e, struct write *w)
{
	const struct ban_put_ask *ask = w->ask;
	uint64_t now = (uint64_t)e->now_s, all, why = 0, times = 0;
	int rc = ban_subject(ask->network, ask->bits, &w->err);

	if (rc == 0 && (ask->doors == 0 || ask->doors > BAN_everywhere))
		return err_set(&w->err, E_INVALID, "no door");
	if (rc == 0)
		rc = sql_first(&e->w, SQL_ban_get, SQL_VALS(vs(ask->network),
		    vi(ask->bits)), &w->err);
	if (rc > 0) {
		why = sql_u64(&e->w, ban_get, why);
		times = sql_u64(&e->w, ban_get, times);
		sql_end(&e->w, SQL_ban_get);
		rc = 0;
	}
	if (rc == 0)
		rc = sql_number(&e->w, SQL_ban_count, SQL_VALS(
		    vi(BAN_operator)), &all, &w->err);
	if (rc < 0)
		return rc;
	if (why != BAN_operator && all >= BANS_BY_HAND)
		return err_set(&w->err, E_LIMIT, "there are %d bans already",
		    BANS_BY_HAND);
	e->bans_changed = true;
	return sql_run(&e->w, SQL_ban_put, SQL_VALS(vs(ask->network),
	    vi(ask->bits), vi(ask->doors), vi(BAN_operator), vi(now),
	    vi(ask->seconds ? now + ask->seconds : INT64_MAX), vi(times + 1),
	    vs(ask->reason)), &w->err);
}

int
write_ban_lift(struct engine *e, struct write *w)
{
	const struct ban_lift_ask *ask = w->ask;
	uint64_t now = (uint64_t)e->now_s, until = 0;
	int rc = sql_first(&e->w, SQL_ban_get, SQL_VALS(vs(ask->network),
	    vi(ask->bits)), &w->err);

	if (rc > 0) {
		until = sql_u64(&e->w, ban_get, until);
		sql_end(&e->w, SQL_ban_get);
	}
	if (rc < 0)
		return rc;
	if (until <= now)
		return err_set(&w->err, E_NOTFOUND, "it is not banned");
	e->bans_changed = true;
	return sql_run(&e->w, SQL_ban_del, SQL_VALS(vs(ask->network),
	    vi(ask->bits)), &w->err);
}

int
read_bans(struct reader *r, const struct caller *c unused_arg,
    const struct bans_ask *ask, union store_answer *answer, struct err *err)
{
	enum sql_statement s = SQL_ban_list;
	uint64_t now = (uint64_t)(engine_now_us(r->e) / 1000000);
	int n = 0, rc = sql_first(&r->q, s, SQL_VALS(vi(now), vi(ask->bits),
	    vs(ask->network), vi(BANS_A_PAGE)), err);

	for (; rc > 0 && r->rows.n < ROWS_MAX; n++) {
		msg_put(&r->rows, &ban_row_shape, &(struct ban_row){
		    sql_str(&r->q, ban_list, network),
		    sql_u32(&r->q, ban_list, bits),
		    sql_u32(&r->q, ban_list, doors),
		    sql_u32(&r->q, ban_list, why),
		    sql_i64(&r->q, ban_list, at),
		    sql_i64(&r->q, ban_list, until),
		    sql_u32(&r->q, ban_list, times),
		    sql_str(&r->q, ban_list, reason) });
		rc = sql_next(&r->q, s, err);
	}
	answer->bans.more = rc > 0 || n == BANS_A_PAGE;
	if (rc > 0)
		sql_end(&r->q, s);
	answer->bans.rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}
