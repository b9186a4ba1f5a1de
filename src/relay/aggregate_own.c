#include "relay/aggregate_own.h"

static void
add_passed(struct buf *b, const char *by, struct str domain)
{
	if (domain.n > 0 && b->n + domain.n + 6 <= b->cap)
		buf_printf(b, "%s%s=%.*s", b->n > 0 ? " " : "", by,
		    STR_FMT(domain));
}

/* Whatever passed, whoever it belongs to. */
static void
put_passed(struct buf *b, const struct dmarc_row *row)
{
	struct str rest = row->dkim, line, domain, selector, result;

	if (str_eq(row->spf_result, STR("pass")))
		add_passed(b, "spf", row->spf_domain);
	while (str_cut(rest, '\n', &line, &rest))
		if (str_cut(line, ' ', &domain, &line) &&
		    str_cut(line, ' ', &selector, &result) &&
		    str_eq(result, STR("pass")))
			add_passed(b, "dkim", domain);
}

void
aggregate_own_row(struct aggregate_own *own, const struct dmarc_row *row,
    uint64_t n)
{
	auto_buf passed = BUF_INIT(500);
	struct feedback_dmarc_row to = { .n = n, .host = row->host,
		.disposition = row->disposition,
		.dkim_aligned = row->dkim_aligned,
		.spf_aligned = row->spf_aligned,
		.header_from = row->header_from,
		.reason = row->reason == DMARC_REASON_local_policy ?
		    STR("local_policy") : STR_NULL };

	if (row->dkim_aligned || row->spf_aligned)
		own->good += n;
	else
		own->bad += n;
	if (own->nrows == FEEDBACK_ROWS_MAX ||
	    own->rows.cap - own->rows.n < FEEDBACK_ROW_OCTETS) {
		own->rest += n;
		return;
	}
	put_passed(&passed, row);
	to.passed = buf_get(&passed);
	msg_put(&own->rows, &feedback_dmarc_row_shape, &to);
	own->nrows++;
}

int
aggregate_own_tell(const struct aggregate_own *own,
    const struct aggregate_head *h, struct store *store, struct arena *a,
    struct err *err)
{
	static const char *const words[] = { "none", "quarantine", "reject" };
	struct feedback_add_ask ask = { .change = store_change_id(store),
		.kind = AGGREGATE_dmarc, .domain = h->domain,
		.org = h->reporter, .contact = h->from, .id = h->id,
		.sender = h->reporter, .begins = h->begins, .ends = h->ends,
		.policy = arena_printf(a, "p=%s sp=%s",
		    words[h->policy.p < NELEM(words) ? h->policy.p : 0],
		    words[h->policy.sp < NELEM(words) ? h->policy.sp : 0]),
		.good = own->good, .bad = own->bad + h->lost,
		.rest = own->rest + h->lost, .nrows = own->nrows,
		.rows = buf_get(&own->rows) };
	struct feedback_add_answer answer;

	return store_call(store, STORE_feedback_add, &ask, &answer, a, err);
}
