#include "store/policy/policy.h"

#include "base/domain.h"
#include "base/ip.h"
#include "store/address/address.h"

/*
 * Reports that others sent us (messages_feedback.h), as mx has read them. Store
 * looks that what it is told has the shape of it, and that it is about a domain
 * of ours.
 */

enum { LIST_PAGE = 200, LIST_OCTETS = 150000, DROPPED_AT_ONCE = 50 };

/* ---- does it make sense -------------------------------------------------- */

static bool
host_is_one(struct str octets)
{
	struct ip ip;

	return octets.n == 0 || ip_of_octets(octets, &ip);
}

static bool
take_dmarc_row(struct rd *r)
{
	struct feedback_dmarc_row row;

	return msg_take(r, &feedback_dmarc_row_shape, &row) &&
	    row.n <= FEEDBACK_COUNT_MAX && host_is_one(row.host) &&
	    str_is_printable(row.header_from) && str_is_printable(row.passed) &&
	    str_is_printable(row.reason);
}

static bool
take_tls_row(struct rd *r)
{
	struct feedback_tls_row row;

	return msg_take(r, &feedback_tls_row_shape, &row) &&
	    row.n <= FEEDBACK_COUNT_MAX && host_is_one(row.host) &&
	    str_is_printable(row.by) && str_is_printable(row.result) &&
	    str_is_printable(row.mx) && str_is_printable(row.reason);
}

static bool
rows_are_in_order(const struct feedback_add_ask *ask)
{
	struct rd r = rd_of(ask->rows);

	for (uint32_t i = 0; i < ask->nrows; i++)
		if (!(ask->kind == AGGREGATE_tls ? take_tls_row(&r) :
		    take_dmarc_row(&r)))
			return false;
	return rd_left(&r) == 0;
}

static bool
is_in_order(const struct feedback_add_ask *ask)
{
	return (ask->kind == AGGREGATE_dmarc || ask->kind == AGGREGATE_tls) &&
	    domain_is_plain(ask->domain) && ask->id.n > 0 &&
	    str_is_printable(ask->org) && str_is_printable(ask->contact) &&
	    str_is_printable(ask->id) && str_is_printable(ask->policy) &&
	    str_is_printable(ask->sender) && ask->nrows <= FEEDBACK_ROWS_MAX &&
	    rows_are_in_order(ask);
}

int
feedback_is_ours(struct sql *q, struct str domain, struct err *err)
{
	int rc = 0;

	while (rc == 0 && domain.n > 0) {
		rc = sql_first(q, SQL_domain_get, SQL_VALS(vs(domain)), err);
		domain = str_from(domain, str_chr(domain, '.') + 1);
	}
	if (rc > 0)
		sql_end(q, SQL_domain_get);
	return rc;
}

/* ---- kept ---------------------------------------------------------------- */

/* Whoever sends too much pushes out what is his. */
static int
make_room(struct engine *e, struct str sender, uint64_t octets,
    struct err *err)
{
	uint64_t used = 0;
	int rc;

	for (;;) {
		rc = sql_number(&e->w, SQL_feedback_of_one, SQL_VALS(
		    vs(sender)), &used, err);
		if (rc < 0 || used + octets <= FEEDBACK_OF_ONE)
			break;
		rc = sql_run(&e->w, SQL_feedback_drop_of_one, SQL_VALS(
		    vs(sender)), err);
		if (rc < 0)
			return rc;
	}
	while (rc == 0) {
		rc = sql_number(&e->w, SQL_feedback_all, NULL, 0, &used, err);
		if (rc < 0 || used + octets <= FEEDBACK_ALL)
			return rc;
		rc = sql_run(&e->w, SQL_feedback_drop_first, NULL, 0, err);
	}
	return rc;
}

static int
keep_report(struct engine *e, const struct feedback_add_ask *ask,
    struct str domain, struct err *err)
{
	uint64_t octets = FEEDBACK_COST + ask->rows.n;
	auto_buf head = BUF_INIT(3000);
	struct feedback_head h;
	int rc = make_room(e, ask->sender, octets, err);

	MSG_COPY(feedback_head, &h, ask);
	h.domain = domain;
	msg_put(&head, &feedback_head_shape, &h);
	bug_if(buf_failed(&head));
	return rc < 0 ? rc : sql_run(&e->w, SQL_feedback_add, SQL_VALS(
	    vs(ask->sender), vi(ask->kind), vs(domain), vs(ask->id),
	    vi((uint64_t)e->now_s), vi(octets), vs(buf_get(&head)),
	    vs(ask->rows)), err);
}

int
write_feedback_add(struct engine *e, struct write *w)
{
	const struct feedback_add_ask *ask = w->ask;
	struct str domain = str_lower(e->arena, ask->domain);
	uint64_t known = 0;
	int rc;

	if (!is_in_order(ask))
		return err_set(&w->err, E_INVALID, "no report that makes "
		    "sense");
	rc = feedback_is_ours(&e->w, domain, &w->err);
	if (rc == 0)
		return err_set(&w->err, E_NOTFOUND, "%.*s is no domain of "
		    "ours", STR_FMT(str_first(domain, 100)));
	if (rc > 0)
		rc = sql_number(&e->w, SQL_feedback_find, SQL_VALS(
		    vs(ask->sender), vi(ask->kind), vs(domain),
		    vs(ask->id)), &known, &w->err);
	if (rc < 0)
		return rc;
	w->answer.feedback_add.known = known != 0;
	return known ? 0 : keep_report(e, ask, domain, &w->err);
}

int
feedback_drop_old(struct engine *e, struct err *err)
{
	int64_t before = e->now_s - FEEDBACK_KEPT_DAYS * DAY_SECONDS;

	if (before < 0)
		return 0;
	return sql_change(&e->w, SQL_feedback_drop_old, SQL_VALS(
	    vi((uint64_t)before), vi(DROPPED_AT_ONCE)), err) ==
	    DROPPED_AT_ONCE;
}

/* ---- what the operator is told ------------------------------------------- */

static void
put_row(struct reader *r, struct str domain)
{
	struct sql *q = &r->q;
	struct feedback_row row = { 0 };
	struct feedback_head h;

	if ((domain.n > 0 && !domain_is_within(sql_str(q, feedback_list,
	    domain), domain)) ||
	    !msg_whole(sql_str(q, feedback_list, head), &feedback_head_shape,
	    &h))
		return;
	MSG_COPY(feedback_head, &row, &h);
	row.report = sql_u64(q, feedback_list, report);
	row.at = sql_i64(q, feedback_list, at);
	msg_put(&r->rows, &feedback_row_shape, &row);
}

int
read_feedbacks(struct reader *r, const struct caller *c unused_arg,
    const struct feedbacks_ask *ask, union store_answer *answer,
    struct err *err)
{
	struct feedbacks_answer *out = &answer->feedbacks;
	struct sql *q = &r->q;
	uint64_t last = 0;
	uint32_t n = 0;
	int rc = sql_first(q, SQL_feedback_list, SQL_VALS(vi(ask->after),
	    vi(LIST_PAGE)), err);

	buf_reset(&r->rows);
	*out = (struct feedbacks_answer){ 0 };
	while (rc > 0) {
		last = sql_u64(q, feedback_list, report);
		put_row(r, ask->domain);
		if (++n == LIST_PAGE || r->rows.n > LIST_OCTETS) {
			sql_end(q, SQL_feedback_list);
			out->next = last;
			break;
		}
		rc = sql_next(q, SQL_feedback_list, err);
	}
	out->rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}

int
read_feedback_get(struct reader *r, const struct caller *c unused_arg,
    const struct feedback_get_ask *ask, union store_answer *answer,
    struct err *err)
{
	struct feedback_get_answer *out = &answer->feedback_get;
	struct sql *q = &r->q;
	struct feedback_head h;
	int rc = sql_first(q, SQL_feedback_get, SQL_VALS(vi(ask->report)),
	    err);

	if (rc == 0)
		return err_set(err, E_NOTFOUND, "there is no report %llu",
		    (unsigned long long)ask->report);
	if (rc < 0)
		return rc;
	*out = (struct feedback_get_answer){
		.report = ask->report, .at = sql_i64(q, feedback_get, at),
		.facts = str_dup(r->arena, sql_str(q, feedback_get, rows)) };
	rc = msg_whole(str_dup(r->arena, sql_str(q, feedback_get, head)),
	    &feedback_head_shape, &h) ? 0 : err_set(err, E_DAMAGED,
	    "report %llu makes no sense", (unsigned long long)ask->report);
	if (rc == 0)
		MSG_COPY(feedback_head, out, &h);
	sql_end(q, SQL_feedback_get);
	return rc;
}
