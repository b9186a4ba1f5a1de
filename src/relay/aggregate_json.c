#include "relay/aggregate_json.h"

#include "base/ip.h"
#include "base/timetext.h"

static void
put_string(struct buf *b, struct str s)
{
	buf_chr(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_chr(b, '\\');
		buf_chr(b, ascii_is_printable(s.p[i]) ? s.p[i] : '?');
	}
	buf_chr(b, '"');
}

static void
put_member(struct buf *b, const char *name, struct str value)
{
	buf_printf(b, "\"%s\":", name);
	put_string(b, value);
}

/* RFC 3339 5.6 */
static void
put_time(struct buf *b, const char *name, int64_t at)
{
	struct civil c = civil_of(at);

	buf_printf(b, "\"%s\":\"%04d-%02d-%02dT%02d:%02d:%02dZ\"", name,
	    c.year, c.month, c.day, c.hour, c.minute, c.second);
}

/* An array of those lines that begin so, without that. */
static void
put_lines(struct buf *b, const char *name, struct str lines,
    struct str beginning)
{
	struct str line;
	bool first = true;

	buf_printf(b, ",\"%s\":[", name);
	while (str_cut(lines, '\n', &line, &lines)) {
		if (!str_starts(line, beginning))
			continue;
		if (!first)
			buf_chr(b, ',');
		put_string(b, str_from(line, beginning.n));
		first = false;
	}
	buf_chr(b, ']');
}

static void
put_policy(struct buf *b, const struct aggregate_head *h,
    const struct tls_row *row)
{
	static const struct str types[TLS_ROW_BYS] = {
		STR("no-policy-found"), STR("sts"), STR("tlsa") };

	buf_lit(b, "\"policy\":{");
	put_member(b, "policy-type", types[row->by < TLS_ROW_BYS ?
	    row->by : TLS_ROW_no_policy]);
	if (row->policy.n > 0)
		put_lines(b, "policy-string", row->policy, STR(""));
	buf_chr(b, ',');
	put_member(b, "policy-domain", h->domain);
	if (row->by == TLS_ROW_sts)
		put_lines(b, "mx-host", row->policy, STR("mx: "));
	buf_chr(b, '}');
}

static void
put_failure(struct buf *b, const struct aggregate_session *s)
{
	auto_buf address = BUF_INIT(64);
	struct ip ip;

	buf_chr(b, '{');
	put_member(b, "result-type", s->row.result);
	buf_chr(b, ',');
	put_member(b, "receiving-mx-hostname", s->row.mx);
	if (ip_of_octets(s->row.address, &ip)) {
		ip_put(&address, &ip);
		buf_chr(b, ',');
		put_member(b, "receiving-ip", buf_get(&address));
	}
	buf_printf(b, ",\"failed-session-count\":%llu",
	    (unsigned long long)s->n);
	if (s->row.reason.n > 0) {
		buf_chr(b, ',');
		put_member(b, "failure-reason-code", s->row.reason);
	}
	buf_chr(b, '}');
}

static bool
is_same_policy(const struct tls_row *a, const struct tls_row *b)
{
	return a->by == b->by && str_eq(a->policy, b->policy);
}

/* All that were held to the policy of this one. */
static void
put_sessions(struct buf *b, const struct aggregate_head *h,
    struct aggregate_session *first, struct aggregate_session *end)
{
	uint64_t good = 0, bad = 0;
	bool any = false;

	buf_chr(b, '{');
	put_policy(b, h, &first->row);
	buf_lit(b, ",\"failure-details\":[");
	for (struct aggregate_session *s = first; s < end; s++) {
		if (s->told || !is_same_policy(&s->row, &first->row))
			continue;
		s->told = true;
		if (s->row.result.n == 0) {
			good += s->n;
			continue;
		}
		bad += s->n;
		if (any)
			buf_chr(b, ',');
		put_failure(b, s);
		any = true;
	}
	buf_printf(b, "],\"summary\":{\"total-successful-session-count\":%llu,"
	    "\"total-failure-session-count\":%llu}}",
	    (unsigned long long)good, (unsigned long long)bad);
}

void
aggregate_json(struct buf *b, const struct aggregate_head *h,
    struct aggregate_session *s, size_t n)
{
	bool any = false;

	buf_chr(b, '{');
	put_member(b, "organization-name", h->reporter);
	buf_lit(b, ",\"date-range\":{");
	put_time(b, "start-datetime", h->begins);
	buf_chr(b, ',');
	put_time(b, "end-datetime", h->ends);
	buf_lit(b, "},");
	put_member(b, "contact-info", h->from);
	buf_chr(b, ',');
	put_member(b, "report-id", h->id);
	buf_lit(b, ",\"policies\":[");
	for (size_t i = 0; i < n; i++) {
		if (s[i].told)
			continue;
		if (any)
			buf_chr(b, ',');
		put_sessions(b, h, &s[i], s + n);
		any = true;
	}
	buf_lit(b, "]}\n");
}
