#include "store/engine/bans.h"

/*
 * What is banned, as it stands in the database, told to whoever accepts.
 */

static int
take_rows(struct engine *e, struct ban *rows, size_t *n, struct err *err)
{
	enum sql_statement s = SQL_ban_list;
	int rc = sql_first(&e->look, s, SQL_VALS(vi((uint64_t)e->now_s),
	    vi(0), vs(STR("")), vi(BANS_MAX)), err);

	for (*n = 0; rc > 0 && *n < BANS_MAX; rc = sql_next(&e->look, s, err)) {
		struct ip ip;

		if (!ip_of_octets(sql_str(&e->look, ban_list, network), &ip) ||
		    sql_u64(&e->look, ban_list, bits) > ip_bits(&ip))
			continue;
		ban_of(&rows[*n], &ip, sql_u32(&e->look, ban_list, bits));
		rows[*n].doors = sql_u32(&e->look, ban_list, doors);
		rows[*n].why = sql_u32(&e->look, ban_list, why);
		rows[(*n)++].until = sql_i64(&e->look, ban_list, until);
	}
	if (rc > 0)
		sql_end(&e->look, s);
	return rc < 0 ? rc : 0;
}

/* Where they cannot be read, those that were told stay. */
void
bans_publish(struct engine *e)
{
	struct err err = { 0 };
	struct ban *rows;
	size_t n;

	if (!e->bans)
		return;
	rows = calloc(BANS_MAX, sizeof(*rows));
	bug_if(!rows);
	if (take_rows(e, rows, &n, &err) == 0)
		bans_set(e->bans, rows, n);
	else if (e->o.log)
		log_event(e->o.log, LOG_ERROR, "bans_failed", F_ERR(&err));
	free(rows);
}

void
engine_bans(struct engine *e, struct bans *b)
{
	e->bans = b;
	bans_publish(e);
}
