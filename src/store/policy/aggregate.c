#include "store/policy/policy.h"

#include "base/fnv.h"
#include "base/ip.h"

/*
 * What is counted for aggregate reports (messages_aggregate.h). Store neither
 * makes one nor reads what is in a row: it compares octets, and looks that what
 * mx says has the shape of it.
 */

enum {
	SPREAD_S = 3600,	/* not all reports of a day at midnight */
	POLICY_WORDS = 3,
	SEEN_MAX = 1000000,	/* of one call: no relay has as many sessions */
	ROWS_A_PAGE = 200, ROWS_OCTETS = 180000,
};

/* ---- counting ------------------------------------------------------------ */

/* Or the end of a line. */
static bool
is_printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_printable(s.p[i]) && s.p[i] != '\n')
			return false;
	return true;
}

bool
dmarc_seen_take(struct str octets, struct dmarc_seen *s)
{
	struct ip ip;

	return msg_whole(octets, &dmarc_seen_shape, s) &&
	    domain_is_plain(s->domain) && is_printable(s->domain) &&
	    is_printable(s->rua) && s->rua.n > 0 &&
	    is_printable(s->header_from) && is_printable(s->envelope_from) &&
	    is_printable(s->spf_domain) && is_printable(s->spf_result) &&
	    is_printable(s->dkim) && ip_of_octets(s->host, &ip) &&
	    s->p < POLICY_WORDS && s->sp < POLICY_WORDS &&
	    s->disposition < POLICY_WORDS &&
	    s->reason <= DMARC_REASON_local_policy;
}

/* So that no domain gets the reports of the whole world in one second. */
static int64_t
due_of(const struct engine *e, int64_t day, struct str domain)
{
	uint64_t h = fnv_1a(fnv_1a(FNV_1A, e->o.hostname), domain);

	return day + DAY_SECONDS + (int64_t)((h ^ h >> 32) % SPREAD_S);
}

/* Which report. */
#define NAME_VALS(name) vi((name)->kind), vi((uint64_t)(name)->day), \
	vs((name)->domain)

static int
forget(struct engine *e, const struct aggregate_name *name, struct err *err)
{
	int rc = sql_run(&e->w, SQL_aggregate_rows_del, SQL_VALS(
	    NAME_VALS(name)), err);

	return rc < 0 ? rc : sql_run(&e->w, SQL_aggregate_del, SQL_VALS(
	    NAME_VALS(name)), err);
}

/* There is room for a row more, or the report of the oldest day goes. */
static int
make_room(struct engine *e, struct err *err)
{
	struct aggregate_name name;
	uint64_t used = 0;
	int rc;

	for (;;) {
		rc = sql_number(&e->w, SQL_aggregate_room, NULL, 0, &used,
		    err);
		if (rc < 0 || used < AGGREGATE_ROWS_ALL)
			return rc;
		rc = sql_first(&e->w, SQL_aggregate_first, NULL, 0, err);
		if (rc <= 0)
			return rc;
		name.kind = sql_u32(&e->w, aggregate_first, kind);
		name.day = sql_i64(&e->w, aggregate_first, day);
		name.domain = str_dup(e->arena, sql_str(&e->w, aggregate_first,
		    domain));
		sql_end(&e->w, SQL_aggregate_first);
		if (e->o.log)
			log_event(e->o.log, LOG_WARN, "aggregate_dropped",
			    F_STR("domain", name.domain),
			    F_INT("day", name.day),
			    F_STR("error", STR("there are too many rows")));
		rc = forget(e, &name, err);
		if (rc < 0)
			return rc;
	}
}

/* What the domain says last is what is reported. */
static int
keep_policy(struct engine *e, const struct aggregate_name *name,
    struct str policy, uint64_t *rows, struct err *err)
{
	int rc = sql_first(&e->w, SQL_aggregate_get, SQL_VALS(
	    NAME_VALS(name)), err);
	bool same;

	*rows = 0;
	if (rc < 0)
		return rc;
	if (rc == 0) {
		rc = make_room(e, err);
		return rc < 0 ? rc : sql_run(&e->w, SQL_aggregate_add,
		    SQL_VALS(NAME_VALS(name), vs(policy), vi((uint64_t)
		    due_of(e, name->day, name->domain))), err);
	}
	*rows = sql_u64(&e->w, aggregate_get, rows);
	same = str_eq(sql_str(&e->w, aggregate_get, policy), policy);
	sql_end(&e->w, SQL_aggregate_get);
	return same ? 0 : sql_run(&e->w, SQL_aggregate_policy_put, SQL_VALS(
	    vs(policy), NAME_VALS(name)), err);
}

static int
count_row(struct engine *e, const struct aggregate_name *name,
    struct str policy, struct str facts, uint64_t n, struct err *err)
{
	struct str digest = memory_key(e->arena, facts, STR_NULL, STR_NULL);
	uint64_t rows;
	int rc = keep_policy(e, name, policy, &rows, err);

	if (rc == 0)
		rc = sql_change(&e->w, SQL_aggregate_row_more, SQL_VALS(vi(n),
		    NAME_VALS(name), vs(digest)), err);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	if (rows >= AGGREGATE_ROWS_MAX)
		return sql_run(&e->w, SQL_aggregate_lose, SQL_VALS(vi(n),
		    NAME_VALS(name)), err);
	/* That may be the very report: then it begins anew. */
	rc = make_room(e, err);
	if (rc == 0)
		rc = keep_policy(e, name, policy, &rows, err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_aggregate_row_add, SQL_VALS(
		    NAME_VALS(name), vs(digest), vs(facts), vi(n)), err);
	return rc < 0 ? rc : sql_run(&e->w, SQL_aggregate_grow, SQL_VALS(
	    NAME_VALS(name)), err);
}

/* Today's. */
static struct aggregate_name
name_of(const struct engine *e, enum aggregate_kind kind, struct str domain)
{
	return (struct aggregate_name){ kind,
		e->now_s - e->now_s % DAY_SECONDS,
		str_lower(e->arena, domain) };
}

int
dmarc_count(struct engine *e, const struct dmarc_seen *s, struct err *err)
{
	auto_buf policy = BUF_INIT(AGGREGATE_FACTS_MAX),
	    row = BUF_INIT(AGGREGATE_FACTS_MAX);
	struct aggregate_name name = name_of(e, AGGREGATE_dmarc, s->domain);
	struct dmarc_published p;
	struct dmarc_row r;

	MSG_COPY(dmarc_published, &p, s);
	MSG_COPY(dmarc_row, &r, s);
	msg_put(&policy, &dmarc_published_shape, &p);
	msg_put(&row, &dmarc_row_shape, &r);
	bug_if(buf_failed(&policy) || buf_failed(&row));
	return count_row(e, &name, buf_get(&policy), buf_get(&row), 1, err);
}

int
write_dmarc_refused(struct engine *e, struct write *w)
{
	const struct dmarc_refused_ask *ask = w->ask;
	struct dmarc_seen s;

	return dmarc_seen_take(ask->seen, &s) ? dmarc_count(e, &s, &w->err) :
	    err_set(&w->err, E_INVALID, "nothing that can be counted");
}

static bool
tls_seen_is_one(const struct tls_seen *s)
{
	struct ip ip;

	return domain_is_plain(s->domain) && is_printable(s->domain) &&
	    is_printable(s->policy) && is_printable(s->mx) &&
	    is_printable(s->result) && is_printable(s->reason) &&
	    (s->address.n == 0 || ip_of_octets(s->address, &ip)) &&
	    s->by < TLS_ROW_BYS && s->n > 0 && s->n <= SEEN_MAX;
}

int
write_tls_count(struct engine *e, struct write *w)
{
	const struct tls_count_ask *ask = w->ask;
	struct rd rd = rd_of(ask->seen);
	struct tls_seen s;
	int rc = 0;

	while (rc == 0 && rd_left(&rd) > 0 &&
	    msg_take(&rd, &tls_seen_shape, &s)) {
		auto_buf row = BUF_INIT(AGGREGATE_FACTS_MAX);
		struct aggregate_name name;
		struct tls_row r;

		if (!tls_seen_is_one(&s))
			continue;
		name = name_of(e, AGGREGATE_tls, s.domain);
		MSG_COPY(tls_row, &r, &s);
		msg_put(&row, &tls_row_shape, &r);
		bug_if(buf_failed(&row));
		rc = count_row(e, &name, STR_NULL, buf_get(&row), s.n,
		    &w->err);
	}
	return rc;
}

int
aggregate_forget(struct engine *e, const struct aggregate_name *name,
    uint32_t later_s, struct err *err)
{
	int64_t end = name->day + (1 + AGGREGATE_KEPT_DAYS) * DAY_SECONDS,
	    due = e->now_s + later_s;

	if (later_s > 0 && due < end)
		return sql_run(&e->w, SQL_aggregate_due_put, SQL_VALS(
		    vi((uint64_t)due), NAME_VALS(name)), err);
	return forget(e, name, err);
}

/* ---- what relay and the operator are told -------------------------------- */

int
read_aggregate_next(struct reader *r, const struct caller *c unused_arg,
    const struct aggregate_next_ask *ask unused_arg,
    union store_answer *answer, struct err *err)
{
	struct aggregate_next_answer *out = &answer->aggregate_next;
	struct sql *q = &r->q;
	uint64_t now = (uint64_t)(engine_now_us(r->e) / 1000000);
	int rc = sql_first(q, SQL_aggregate_due, SQL_VALS(vi(now)), err);

	*out = (struct aggregate_next_answer){ .known = rc > 0 };
	if (rc <= 0)
		return rc;
	out->kind = sql_u32(q, aggregate_due, kind);
	out->day = sql_i64(q, aggregate_due, day);
	out->domain = str_dup(r->arena, sql_str(q, aggregate_due, domain));
	out->policy = str_dup(r->arena, sql_str(q, aggregate_due, policy));
	out->rows = sql_u32(q, aggregate_due, rows);
	out->lost = sql_u64(q, aggregate_due, lost);
	sql_end(q, SQL_aggregate_due);
	if (out->kind != AGGREGATE_dmarc)
		return 0;
	rc = feedback_is_ours(q, out->domain, err);
	out->ours = rc > 0;
	return rc < 0 ? rc : 0;
}

int
read_aggregate_rows(struct reader *r, const struct caller *c unused_arg,
    const struct aggregate_rows_ask *ask, union store_answer *answer,
    struct err *err)
{
	struct aggregate_rows_answer *out = &answer->aggregate_rows;
	struct sql *q = &r->q;
	struct aggregate_row row;
	int rc = sql_first(q, SQL_aggregate_row_list, SQL_VALS(
	    NAME_VALS(ask), vs(ask->after), vi(ROWS_A_PAGE)), err);
	uint32_t n = 0;

	buf_reset(&r->rows);
	*out = (struct aggregate_rows_answer){ 0 };
	for (; rc > 0; rc = sql_next(q, SQL_aggregate_row_list, err)) {
		row = (struct aggregate_row){
			sql_u64(q, aggregate_row_list, n),
			sql_str(q, aggregate_row_list, facts) };
		msg_put(&r->rows, &aggregate_row_shape, &row);
		out->next = str_dup(r->arena, sql_str(q, aggregate_row_list,
		    digest));
		if (++n < ROWS_A_PAGE && r->rows.n < ROWS_OCTETS)
			continue;
		sql_end(q, SQL_aggregate_row_list);
		out->rows = buf_get(&r->rows);
		return 0;
	}
	out->next = STR_NULL;
	out->rows = buf_get(&r->rows);
	return rc;
}

static int
put_waiting(struct reader *r, struct err *err)
{
	struct sql *q = &r->q;
	struct aggregate_waits w = {
		.kind = sql_u32(q, aggregate_list, kind),
		.day = sql_i64(q, aggregate_list, day),
		.domain = sql_str(q, aggregate_list, domain),
		.due = sql_i64(q, aggregate_list, due),
		.rows = sql_u32(q, aggregate_list, rows) };
	struct dmarc_published p;
	int rc = sql_number(q, SQL_aggregate_row_sum, SQL_VALS(NAME_VALS(&w)),
	    &w.messages, err);

	if (rc < 0)
		return rc;
	w.messages += sql_u64(q, aggregate_list, lost);
	if (msg_whole(sql_str(q, aggregate_list, policy),
	    &dmarc_published_shape, &p))
		w.rua = p.rua;
	msg_put(&r->rows, &aggregate_waits_shape, &w);
	return 0;
}

int
read_aggregates(struct reader *r, const struct caller *c unused_arg,
    const struct aggregates_ask *ask, union store_answer *answer,
    struct err *err)
{
	struct aggregates_answer *out = &answer->aggregates;
	enum { A_PAGE = 100 };
	struct sql *q = &r->q;
	uint32_t n = 0;
	int rc = sql_first(q, SQL_aggregate_list, SQL_VALS(vi(A_PAGE + 1),
	    vi(ask->after)), err);

	buf_reset(&r->rows);
	out->more = 0;
	for (; rc > 0; rc = sql_next(q, SQL_aggregate_list, err)) {
		out->more = ++n > A_PAGE;
		rc = out->more ? 0 : put_waiting(r, err);
		if (rc == 0 && !out->more)
			continue;
		sql_end(q, SQL_aggregate_list);
		break;
	}
	out->rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}

int
write_aggregate_now(struct engine *e, struct write *w)
{
	int rc = sql_change(&e->w, SQL_aggregate_due_all, SQL_VALS(
	    vi((uint64_t)e->now_s)), &w->err);

	if (rc >= 0)
		w->answer.aggregate_now.n = (uint32_t)rc;
	return rc < 0 ? rc : 0;
}
