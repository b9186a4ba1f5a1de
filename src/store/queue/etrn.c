#include "base/domain.h"
#include "store/queue/queue_int.h"

/*
 * A server that was away asks for its mail (RFC 1985): what waits for one
 * destination is due now. Slices, as with all that touches many rows.
 */

enum { ETRN_ROWS = 400, ETRN_DOMAINS = 200 };

struct running {
	struct engine *e;
	struct write *w;
	struct str domain;	/* the one of which rows are moved */
	struct { uint64_t message; uint32_t n; } row[ETRN_ROWS];
	size_t n;
	size_t moved;		/* of all destinations */
};

/* Is it the one that was asked for, or below it? */
static bool
is_asked_for(const struct etrn_ask *ask, struct str domain)
{
	return ask->below ? domain_is_within(domain, ask->domain) :
	    str_eq(domain, ask->domain);
}

static int
count_waiting(struct running *r)
{
	uint64_t n = 0;
	int rc;

	/* Many are many. */
	if (r->w->answer.etrn.waiting > ETRN_TOLD_MAX)
		return 0;
	rc = sql_number(&r->e->w, SQL_etrn_count, SQL_VALS(vs(r->domain),
	    vi(ETRN_TOLD_MAX + 1)), &n, &r->w->err);
	r->w->answer.etrn.waiting += (uint32_t)n;
	return rc;
}

/* First which ones: a statement must not walk over rows that change. */
static int
choose_waiting(struct running *r, enum sql_statement s,
    const struct sql_val *v, size_t nv)
{
	struct sql *q = &r->e->w;
	int rc = sql_first(q, s, v, nv, &r->w->err);

	for (r->n = 0; rc > 0; rc = sql_next(q, s, &r->w->err)) {
		r->row[r->n].message = sql_column_u64(q, s,
		    SQL_COLUMN(etrn_rows, message));
		r->row[r->n++].n = (uint32_t)sql_column_u64(q, s,
		    SQL_COLUMN(etrn_rows, rcpt));
	}
	return rc;
}

static int
make_due(struct running *r, size_t i)
{
	struct queued q;
	int rc = queued_get(r->e, r->row[i].message, r->row[i].n, &q,
	    &r->w->err);

	if (rc <= 0)
		return rc;
	queued_journal(r->e, JOURNAL_retried, &q, 0, STR("ETRN"));
	queued_news(r->e, news_of_state(q.state), &q, r->e->now_s);
	return sql_run(&r->e->w, SQL_queue_rcpt_move, SQL_VALS(vi(q.state),
	    vi((uint64_t)r->e->now_s), vi(q.message), vi(q.n)), &r->w->err);
}

/* Also where all of it is due already: the destination was down, and rests. */
static int
let_destination_go(struct running *r)
{
	struct queued q;
	int rc;

	rc = choose_waiting(r, SQL_etrn_first, SQL_VALS(vs(r->domain)));
	if (rc == 0 && r->n > 0)
		rc = queued_get(r->e, r->row[0].message, r->row[0].n, &q,
		    &r->w->err);
	if (rc > 0)
		queued_news(r->e, QUEUE_NEWS_unblock, &q, r->e->now_s);
	return rc < 0 ? rc : 0;
}

/* A slice of one destination. 1: there is more of it. */
static int
run_destination(struct running *r, bool first)
{
	int rc = first ? count_waiting(r) : 0;

	if (rc == 0)
		rc = let_destination_go(r);
	if (rc == 0)
		rc = choose_waiting(r, SQL_etrn_rows, SQL_VALS(vs(r->domain),
		    vi((uint64_t)r->e->now_s), vi(ETRN_ROWS)));
	for (size_t i = 0; rc == 0 && i < r->n; i++)
		rc = make_due(r, i);
	r->moved += r->n;
	return rc < 0 ? rc : r->n == ETRN_ROWS;
}

/* The next name behind `after`, in the order of their octets: so those below a
 * domain lie all over, and each is looked at, with one seek. */
static int
next_destination(struct running *r, struct str after, bool *found)
{
	struct sql *q = &r->e->w;
	int rc = sql_first(q, SQL_etrn_domain, SQL_VALS(vs(after)),
	    &r->w->err);

	*found = rc > 0;
	if (rc <= 0)
		return rc;
	r->domain = str_dup(r->e->arena, sql_str(q, etrn_domain, domain));
	sql_end(q, SQL_etrn_domain);
	return 0;
}

/* "+": there is more of this domain; "=": it is done, go on behind it. */
static int
stop_at(struct running *r, char kind)
{
	r->w->answer.etrn.next = arena_printf(r->e->arena, "%c%.*s", kind,
	    STR_FMT(r->domain));
	return 0;
}

static int
run_below(struct running *r, const struct etrn_ask *ask)
{
	bool found = ask->cursor.n > 0 && ask->cursor.p[0] == '+';
	int rc = 0;

	r->domain = ask->cursor.n > 0 ? str_from(ask->cursor, 1) : STR("");
	if (found && is_asked_for(ask, r->domain))
		rc = run_destination(r, false);
	for (int i = 0; rc == 0 && i < ETRN_DOMAINS && r->moved < ETRN_ROWS;
	    i++) {
		rc = next_destination(r, r->domain, &found);
		if (rc < 0 || !found)
			return rc;
		if (is_asked_for(ask, r->domain))
			rc = run_destination(r, true);
	}
	return rc < 0 ? rc : stop_at(r, rc > 0 ? '+' : '=');
}

int
write_etrn(struct engine *e, struct write *w)
{
	const struct etrn_ask *ask = w->ask;
	struct running *r = arena_new_of(e->arena, struct running);
	int rc;

	*r = (struct running){ .e = e, .w = w, .domain = ask->domain };
	if (ask->domain.n == 0)
		return err_set(&w->err, E_INVALID, "no domain");
	if (ask->below)
		return run_below(r, ask);
	rc = run_destination(r, ask->cursor.n == 0);
	return rc > 0 ? stop_at(r, '+') : rc;
}
