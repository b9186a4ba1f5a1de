#include "store/policy/policy.h"

#include "rt/bans.h"

/*
 * Bans that store makes by itself, of networks that went over a limit: longer
 * each time, and never of one that is known to be good.
 *
 * Who counts is told by mx and front, which may have been taken over. So there
 * is a bound: of each reason BANS_AN_HOUR, and AUTO_MAX in all; a network from
 * which somebody logged in lately, or good mail came, is never banned; and what
 * mx says closes port 25 alone, what front says where people log in.
 */

enum { AUTO_MAX = BANS_MAX - BANS_BY_HAND, BANS_AN_HOUR = 200,
	HOUR_S = 3600, REMEMBERED_S = 30 * 86400, LOGIN_KNOWN_S = 90 * 86400,
	LOGIN_V4 = 24, LOGIN_V6 = 48 };

/* Did somebody log in from there, or is its mail taken? */
static int
is_good(struct engine *e, struct ip ip, struct err *err)
{
	int64_t at_s;
	uint64_t logins;
	int rc = policy_knows_network(e, ip, &at_s, err);

	if (rc != 0)
		return rc;
	ip_mask(&ip, ip.v6 ? LOGIN_V6 : LOGIN_V4);
	rc = sql_number(&e->w, SQL_ban_logins, SQL_VALS(vi(NOTE_login),
	    vs(ip_octets(&ip)), vi((uint64_t)(e->now_s - LOGIN_KNOWN_S))),
	    &logins, err);
	return rc < 0 ? rc : logins > 0;
}

/* How often it was banned before; -1: it is not to be now. */
static int
banned_before(struct engine *e, const struct ban_auto_ask *ask, int64_t *times,
    struct err *err)
{
	int rc = sql_first(&e->w, SQL_ban_get, SQL_VALS(vs(ask->network),
	    vi(ask->bits)), err);

	*times = 0;
	if (rc <= 0)
		return rc;
	*times = sql_i64(&e->w, ban_get, until) > e->now_s ? -1 :
	    sql_i64(&e->w, ban_get, times);
	sql_end(&e->w, SQL_ban_get);
	return 0;
}

/* What was over long ago goes; and if there are too many, what ends first. */
static int
make_room(struct engine *e, struct err *err)
{
	uint64_t all, by_hand;
	int rc = sql_run(&e->w, SQL_ban_forget, SQL_VALS(
	    vi((uint64_t)(e->now_s - REMEMBERED_S))), err);

	if (rc == 0)
		rc = sql_number(&e->w, SQL_ban_all, NULL, 0, &all, err);
	if (rc == 0)
		rc = sql_number(&e->w, SQL_ban_count, SQL_VALS(
		    vi(BAN_operator)), &by_hand, err);
	return rc < 0 || all - by_hand < AUTO_MAX ? rc : sql_run(&e->w,
	    SQL_ban_del_first, SQL_VALS(vi(BAN_operator)), err);
}

static uint64_t
how_long(const struct ban_auto_ask *ask, int64_t times)
{
	uint64_t s = ask->seconds;

	for (int64_t i = 0; i < times && s < ask->longest; i++)
		s *= 4;
	return s < ask->longest ? s : ask->longest;
}

/* seconds 0: it is not. */
static void
say(struct engine *e, const struct ban_auto_ask *ask, const struct ip *ip,
    uint64_t seconds)
{
	struct str by = str_c(ban_why_name(ask->why));
	auto_buf b = BUF_INIT(64);

	ip_put_network(&b, ip, ask->bits);
	if (e->o.log && seconds > 0)
		log_event(e->o.log, LOG_WARN, "banned",
		    F_STR("network", buf_get(&b)), F_STR("by", by),
		    F_INT("seconds", seconds));
	else if (e->o.log)
		log_event(e->o.log, LOG_WARN, "not_banned",
		    F_STR("network", buf_get(&b)), F_STR("by", by));
}

int
write_ban_auto(struct engine *e, struct write *w)
{
	const struct ban_auto_ask *ask = w->ask;
	uint64_t now = (uint64_t)e->now_s, lately, s;
	int64_t times;
	struct ip ip;
	int rc;

	if (!ip_of_octets(ask->network, &ip) || !ip_is_network(&ip, ask->bits))
		return err_set(&w->err, E_INVALID, "no network");
	if (ban_is_ours(&ip))
		return 0;
	rc = is_good(e, ip, &w->err);
	if (rc > 0) {
		say(e, ask, &ip, 0);
		return 0;
	}
	if (rc == 0)
		rc = banned_before(e, ask, &times, &w->err);
	if (rc == 0)
		rc = sql_number(&e->w, SQL_ban_lately, SQL_VALS(vi(ask->why),
		    vi(now - HOUR_S)), &lately, &w->err);
	if (rc < 0 || times < 0 || lately >= BANS_AN_HOUR)
		return rc;
	rc = make_room(e, &w->err);
	s = how_long(ask, times);
	if (rc < 0)
		return rc;
	e->bans_changed = true;
	say(e, ask, &ip, s);
	return sql_run(&e->w, SQL_ban_put, SQL_VALS(vs(ask->network),
	    vi(ask->bits), vi(ask->doors), vi(ask->why), vi(now), vi(now + s),
	    vi((uint64_t)times + 1), vs(STR(""))), &w->err);
}
