#include "store/engine/note.h"

/*
 * From where an account was logged in to: a network is known for a while after
 * it was seen last, and who comes from another one is told.
 */

enum {
	NETWORKS_MAX = 200,
	KNOWN_S = 90 * 86400,
};

/* They are forgotten, the longest unseen first. */
static int
forget_networks(struct engine *e, uint64_t account, struct err *err)
{
	int rc = sql_run(&e->w, SQL_noted_old, SQL_VALS(vi(account),
	    vi(NOTE_login), vi((uint64_t)(e->now_s - KNOWN_S))), err);

	return rc < 0 ? rc : sql_run(&e->w, SQL_noted_trim, SQL_VALS(
	    vi(account), vi(NOTE_login), vi(NETWORKS_MAX)), err);
}

/* Was there a login ever? The first of all is no news. */
static int
tell_login(struct engine *e, const struct logged_in_ask *ask, struct err *err)
{
	const struct note n = { .account = ask->account, .kind = NOTE_login,
		.most_a_day = NOTES_A_DAY,
		.facts = { .peer = ask->peer, .services = ask->service,
			.label = ask->label } };
	uint64_t any;
	int rc = sql_number(&e->w, SQL_noted_any, SQL_VALS(vi(ask->account),
	    vi(NOTE_login)), &any, err);

	if (rc == 0 && any)
		rc = note_put(e, &n, err);
	return rc < 0 ? rc : 0;
}

int
write_logged_in(struct engine *e, struct write *w)
{
	const struct logged_in_ask *ask = w->ask;
	struct noted seen = { .since = e->now_s };
	struct acct *a;
	int rc = acct_get(e, ask->account, &a, &w->err);

	if (rc == 0 && ask->network.n == 0)
		rc = err_set(&w->err, E_INVALID, "no network");
	if (rc == 0)
		rc = noted_get(e, a->account, NOTE_login, ask->network, &seen,
		    &w->err);
	if (rc == 0)
		rc = tell_login(e, ask, &w->err);
	if (rc < 0)
		return rc;
	seen.at = e->now_s;
	seen.n++;
	rc = noted_put(e, a->account, NOTE_login, ask->network, &seen,
	    &w->err);
	return rc < 0 ? rc : forget_networks(e, a->account, &w->err);
}

int
read_networks(struct reader *r, const struct caller *c,
    const struct networks_ask *ask unused_arg, union store_answer *answer,
    struct err *err)
{
	enum sql_statement s = SQL_noted_list;
	int64_t oldest = engine_now_us(r->e) / 1000000 - KNOWN_S;
	int rc = sql_first(&r->q, s, SQL_VALS(vi(c->account), vi(NOTE_login),
	    vi((uint64_t)oldest)), err);

	for (; rc > 0; rc = sql_next(&r->q, s, err))
		msg_put(&r->rows, &network_row_shape, &(struct network_row){
		    sql_str(&r->q, noted_list, word),
		    sql_i64(&r->q, noted_list, since),
		    sql_i64(&r->q, noted_list, at) });
	answer->networks.rows = buf_get(&r->rows);
	return rc;
}
