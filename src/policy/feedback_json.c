#include "base/ip.h"
#include "base/timetext.h"
#include "policy/feedback_int.h"
#include "rt/json.h"

/* A report about TLS, JSON.                                   RFC 8460 4.4 */

static struct str
words_of(struct arena *a, const json_t *object, const char *name, size_t most)
{
	struct str s = STR_NULL;

	return json_text_of(object, name, &s) ? feedback_words(a, s, most) :
	    STR_NULL;
}

static struct str
domain_of(struct arena *a, const json_t *object, const char *name)
{
	struct str s = STR_NULL;

	return json_text_of(object, name, &s) ? feedback_domain(a, s) :
	    STR_NULL;
}

/* False: it is there, and no count. */
static bool
count_of(const json_t *object, const char *name, uint64_t *n)
{
	const json_t *v = json_object_get(object, name);
	json_int_t i = json_integer_value(v);

	*n = 0;
	if (!v)
		return true;
	if (!json_is_integer(v) || i < 0 || (uint64_t)i > FEEDBACK_COUNT_MAX)
		return false;
	*n = (uint64_t)i;
	return true;
}

/* Whole days in UTC; some write the zone as "+00:00". */
static int64_t
time_of(struct arena *a, const json_t *range, const char *name)
{
	struct str s = words_of(a, range, name, 40);
	int64_t at = 0;

	if (s.n > 6 && str_eq(str_from(s, s.n - 6), STR("+00:00")))
		s = arena_printf(a, "%.*sZ", STR_FMT(str_first(s, s.n - 6)));
	return time_read_utc(s, &at) ? at : 0;
}

static int
take_failure(struct feedback_reading *r, struct str by, const json_t *v,
    uint64_t *left, struct err *err)
{
	struct feedback_tls_row row = { .by = by,
		.result = words_of(r->row, v, "result-type", 64),
		.mx = domain_of(r->row, v, "receiving-mx-hostname"),
		.reason = words_of(r->row, v, "failure-reason-code", 200) };
	struct str host = STR_NULL;
	struct ip ip;

	if (!count_of(v, "failed-session-count", &row.n))
		return err_set(err, E_INVALID, "it has a number that is none");
	if (row.result.n == 0)
		return err_set(err, E_INVALID, "it has a failure without a "
		    "type");
	if (json_text_of(v, "sending-mta-ip", &host) && ip_parse(host, &ip))
		row.host = ip_octets(&ip);
	/* What is told twice counts once. */
	row.n = row.n < *left ? row.n : *left;
	*left -= row.n;
	if (row.n > 0)
		feedback_add(r, &feedback_tls_row_shape, &row, row.n);
	arena_reset(r->row);
	return 0;
}

static int
take_failures(struct feedback_reading *r, struct str by, const json_t *list,
    uint64_t bad, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < json_array_size(list) && rc == 0; i++)
		rc = take_failure(r, by, json_array_get(list, i), &bad, err);
	r->head.rest += bad;
	return rc;
}

static void
name_policy(struct feedback_reading *r, struct str by)
{
	struct feedback_head *h = &r->head;

	if (str_find(h->policy, by) == h->policy.n && h->policy.n < 200)
		h->policy = arena_printf(r->a, "%.*s%s%.*s",
		    STR_FMT(h->policy), h->policy.n > 0 ? " " : "",
		    STR_FMT(by));
}

/* One that is of another domain than the first is none of this report. */
static int
take_policy(struct feedback_reading *r, const json_t *v, struct err *err)
{
	const json_t *policy = json_object_get(v, "policy"),
	    *summary = json_object_get(v, "summary");
	struct str domain = domain_of(r->a, policy, "policy-domain");
	struct feedback_tls_row row = {
		.by = words_of(r->a, policy, "policy-type", 32) };
	uint64_t bad;

	if (!count_of(summary, "total-successful-session-count", &row.n) ||
	    !count_of(summary, "total-failure-session-count", &bad))
		return err_set(err, E_INVALID, "it has a number that is none");
	if (r->head.domain.n == 0)
		r->head.domain = domain;
	if (!str_eq(domain, r->head.domain))
		return 0;
	name_policy(r, row.by);
	r->head.good += row.n;
	r->head.bad += bad;
	if (row.n > 0)
		feedback_add(r, &feedback_tls_row_shape, &row, row.n);
	return take_failures(r, row.by, json_object_get(v, "failure-details"),
	    bad, err);
}

static int
take_report(struct feedback_reading *r, const json_t *j, struct err *err)
{
	const json_t *range = json_object_get(j, "date-range"),
	    *policies = json_object_get(j, "policies");
	size_t n = json_array_size(policies);
	int rc = 0;

	r->head.org = words_of(r->a, j, "organization-name", 255);
	r->head.contact = words_of(r->a, j, "contact-info", 320);
	r->head.id = words_of(r->a, j, "report-id", 255);
	r->head.begins = time_of(r->a, range, "start-datetime");
	r->head.ends = time_of(r->a, range, "end-datetime");
	if (n > FEEDBACK_ROWS_MAX)
		return err_set(err, E_LIMIT, "it has more than %d policies",
		    FEEDBACK_ROWS_MAX);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = take_policy(r, json_array_get(policies, i), err);
	return rc;
}

int
feedback_json(struct feedback_reading *r, struct str text, struct err *err)
{
	/* Behind a part of a message may be what ends it. */
	size_t n = str_rchr(text, '}');
	json_t *j;
	int rc;

	r->head.kind = AGGREGATE_tls;
	if (text.n > FEEDBACK_JSON_MAX)
		return err_set(err, E_LIMIT, "its JSON has more than %d octets",
		    FEEDBACK_JSON_MAX);
	j = json_take(str_first(text, n < text.n ? n + 1 : n));
	if (!j)
		return err_set(err, E_INVALID, "its JSON is wrong");
	rc = take_report(r, j, err);
	json_decref(j);
	return rc;
}
