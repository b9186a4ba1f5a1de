#include "admin/reports_received.h"

#include "admin/table.h"
#include "base/fnv.h"
#include "base/ip.h"
#include "base/map.h"
#include "base/timetext.h"
#include "base/vec.h"

enum {
	ANSWER_MEM = 1 << 20,
	/* Of more reports than are kept (FEEDBACK_ALL / FEEDBACK_COST). */
	LIST_MEM = 128 << 20,
	SUMS_MAX = 5000, WORDS_MAX = 6, SUMS_MEM = SUMS_MAX * 5000,
};

/* A line of the sums. */
struct sum {
	uint32_t kind;
	struct str domain, from, what;
	size_t words;		/* in what */
	uint64_t good, bad, reports, last;	/* report that was counted */
};

struct received {
	struct operator *op;
	struct arena *a;	/* for all that is shown */
	struct arena *answers;	/* for one report */
	struct str domain;
	struct VEC(struct sum) sums;
	struct map known;	/* index in sums + 1, by what names one */
	uint64_t good, bad;	/* of the present report, in its rows */
	uint64_t unproven;
};

static struct str
number(struct arena *a, uint64_t n)
{
	return arena_printf(a, "%llu", (unsigned long long)n);
}

static struct str
about(uint32_t kind)
{
	return kind == AGGREGATE_tls ? STR("tls") : STR("dmarc");
}

static struct str
day(struct arena *a, int64_t at)
{
	struct civil c = civil_of(at);

	return arena_printf(a, "%04d-%02d-%02d", c.year, c.month, c.day);
}

/* ---- each report --------------------------------------------------------- */

static int
walk(struct received *r, int (*each)(struct received *r,
    const struct feedback_row *row, void *arg, struct err *err), void *arg,
    struct err *err)
{
	struct feedbacks_ask ask = { .domain = r->domain };
	struct feedbacks_answer answer;
	struct arena *page = arena_new(ANSWER_MEM), *before;
	struct feedback_row row;
	int rc;

	do {
		struct rd rd;

		arena_reset(page);
		before = operator_answers_in(r->op, page);
		rc = operator_store(r->op, STORE_feedbacks, &ask, &answer,
		    err);
		(void)operator_answers_in(r->op, before);
		if (rc < 0)
			break;
		rd = rd_of(answer.rows);
		while (rc == 0 && rd_left(&rd) > 0 &&
		    msg_take(&rd, &feedback_row_shape, &row))
			rc = each(r, &row, arg, err);
		ask.after = answer.next;
	} while (rc == 0 && answer.next > 0);
	arena_free(page);
	return rc;
}

static const struct table_column each_columns[] = {
	{ "report", true, false }, { "domain", false, true },
	{ "about", false, false }, { "day", false, false },
	{ "of", false, false }, { "good", true, false },
	{ "bad", true, false }, { "sender", false, true } };

static int
put_each(struct received *r, const struct feedback_row *row, void *arg,
    struct err *err unused_arg)
{
	struct table *t = arg;
	struct str *cells = table_row(t, r->a);

	cells[0] = number(r->a, row->report);
	cells[1] = str_dup(r->a, row->domain);
	cells[2] = about(row->kind);
	cells[3] = day(r->a, row->begins);
	cells[4] = str_dup(r->a, row->org);
	cells[5] = number(r->a, row->good);
	cells[6] = number(r->a, row->bad);
	cells[7] = row->sender.n > 0 ? str_dup(r->a, row->sender) :
	    STR("(not proven)");
	return 0;
}

int
reports_each(struct operator *op, struct str domain, bool json,
    struct err *err)
{
	struct received r = { .op = op, .a = arena_new(LIST_MEM),
		.domain = domain };
	struct table t = { .columns = each_columns,
		.ncolumns = NELEM(each_columns) };
	int rc = walk(&r, put_each, &t, err);

	if (rc == 0 && (t.nrows > 0 || json))
		table_print(&t, json);
	else if (rc == 0)
		printf("no reports have come\n");
	arena_free(r.a);
	return rc;
}

/* ---- one with its rows --------------------------------------------------- */

static struct str
host_text(struct arena *a, struct str octets)
{
	auto_buf b = BUF_INIT(64);
	struct ip ip;

	if (!ip_of_octets(octets, &ip))
		return STR_NULL;
	ip_put(&b, &ip);
	return str_dup(a, buf_get(&b));
}

static int
get(struct received *r, uint64_t report, struct feedback_get_answer *out,
    struct err *err)
{
	struct feedback_get_ask ask = { report };
	struct arena *before = operator_answers_in(r->op, r->answers);
	int rc = operator_store(r->op, STORE_feedback_get, &ask, out, err);

	(void)operator_answers_in(r->op, before);
	return rc;
}

static struct str
disposition_word(uint32_t n)
{
	static const struct str words[] = { STR("none"), STR("quarantine"),
		STR("reject") };

	return words[n < NELEM(words) ? n : 0];
}

static void
put_dmarc_rows(struct arena *a, struct str facts, struct table *t)
{
	static const struct table_column columns[] = {
		{ "host", false, false }, { "count", true, false },
		{ "done", false, false }, { "dkim", false, false },
		{ "spf", false, false }, { "from", false, true },
		{ "passed", false, false }, { "reason", false, false } };
	struct rd r = rd_of(facts);
	struct feedback_dmarc_row row;

	t->columns = columns;
	t->ncolumns = NELEM(columns);
	while (rd_left(&r) > 0 && msg_take(&r, &feedback_dmarc_row_shape,
	    &row)) {
		struct str *cells = table_row(t, a);

		cells[0] = host_text(a, row.host);
		cells[1] = number(a, row.n);
		cells[2] = disposition_word(row.disposition);
		cells[3] = row.dkim_aligned ? STR("pass") : STR("fail");
		cells[4] = row.spf_aligned ? STR("pass") : STR("fail");
		cells[5] = row.header_from;
		cells[6] = row.passed;
		cells[7] = row.reason;
	}
}

static void
put_tls_rows(struct arena *a, struct str facts, struct table *t)
{
	static const struct table_column columns[] = {
		{ "policy", false, false }, { "count", true, false },
		{ "result", false, false }, { "mx", false, true },
		{ "host", false, false }, { "reason", false, false } };
	struct rd r = rd_of(facts);
	struct feedback_tls_row row;

	t->columns = columns;
	t->ncolumns = NELEM(columns);
	while (rd_left(&r) > 0 && msg_take(&r, &feedback_tls_row_shape,
	    &row)) {
		struct str *cells = table_row(t, a);

		cells[0] = row.by;
		cells[1] = number(a, row.n);
		cells[2] = row.result.n > 0 ? row.result : STR("ok");
		cells[3] = row.mx;
		cells[4] = host_text(a, row.host);
		cells[5] = row.reason;
	}
}

static void
say(const char *name, struct str value)
{
	auto_buf b = BUF_INIT(2000);

	put_plain(&b, value);
	printf("%-8s %.*s\n", name, STR_FMT(buf_get(&b)));
}

static void
print_head(struct arena *a, const struct feedback_get_answer *f)
{
	say("domain", f->domain);
	say("about", about(f->kind));
	say("of", f->org);
	say("contact", f->contact);
	say("id", f->id);
	say("sender", f->sender.n > 0 ? f->sender :
	    STR("(not proven: it is in no sum)"));
	say("from", time_text(a, f->begins));
	say("to", time_text(a, f->ends));
	say("came", time_text(a, f->at));
	say("policy", f->policy);
	say("good", number(a, f->good));
	say("bad", number(a, f->bad));
	if (f->rest > 0)
		say("no row", number(a, f->rest));
	printf("\n");
}

int
reports_show(struct operator *op, struct arena *a, uint64_t report,
    bool json, struct err *err)
{
	struct received r = { .op = op, .answers = a };
	struct feedback_get_answer f;
	struct table t = { 0 };

	if (get(&r, report, &f, err) < 0)
		return err->code;
	if (f.kind == AGGREGATE_tls)
		put_tls_rows(a, f.facts, &t);
	else
		put_dmarc_rows(a, f.facts, &t);
	if (!json)
		print_head(a, &f);
	table_print(&t, json);
	return 0;
}

/* ---- all of them added up ------------------------------------------------ */

/* Of this name; of too many all others are one. */
static struct sum *
sum_of(struct received *r, const struct feedback_get_answer *f,
    struct str from)
{
	uint64_t name = fnv_1a(FNV_1A, f->domain);
	struct map_slot *at;
	struct sum *s;

	if (r->sums.n >= SUMS_MAX && !map_find(&r->known, f->kind, name,
	    fnv_1a(FNV_1A, from)))
		from = STR("(others)");
	at = map_add(&r->known, f->kind, name, fnv_1a(FNV_1A, from));
	if (at->number == 0) {
		vec_push(&r->sums, (struct sum){ .kind = f->kind,
		    .domain = str_dup(r->a, f->domain),
		    .from = str_dup(r->a, from) });
		at->number = r->sums.n;
	}
	s = &r->sums.p[at->number - 1];
	s->reports += s->last != f->report;
	s->last = f->report;
	return s;
}

static void
add_up(struct received *r, struct sum *s, bool good, uint64_t n)
{
	*(good ? &s->good : &s->bad) += n;
	*(good ? &r->good : &r->bad) += n;
}

static void
add_word(struct received *r, struct sum *s, struct str word)
{
	word = str_first(word, 100);
	if (word.n == 0 || s->words == WORDS_MAX ||
	    str_find(s->what, word) < s->what.n)
		return;
	s->what = arena_printf(r->a, "%.*s%s%.*s", STR_FMT(s->what),
	    s->what.n > 0 ? ", " : "", STR_FMT(word));
	s->words++;
}

/* Where it came from; and whose it is in truth, if it is not ours. */
static void
add_dmarc(struct received *r, const struct feedback_get_answer *f,
    const struct feedback_dmarc_row *row)
{
	bool good = row->dkim_aligned || row->spf_aligned;
	auto_buf network = BUF_INIT(64);
	struct sum *s;
	struct ip ip;

	if (ip_of_octets(row->host, &ip)) {
		uint32_t bits = ip_site_bits(&ip);

		ip_mask(&ip, bits);
		ip_put_network(&network, &ip, bits);
	}
	s = sum_of(r, f, buf_get(&network));
	add_up(r, s, good, row->n);
	if (good)
		return;
	if (row->disposition > 0)
		add_word(r, s, disposition_word(row->disposition));
	add_word(r, s, row->passed);
	add_word(r, s, row->reason);
}

static void
add_tls(struct received *r, const struct feedback_get_answer *f,
    const struct feedback_tls_row *row)
{
	struct sum *s = sum_of(r, f, row->by);
	bool good = row->result.n == 0;

	add_up(r, s, good, row->n);
	if (good)
		return;
	add_word(r, s, row->result);
	add_word(r, s, row->mx);
}

static void
add_rows(struct received *r, const struct feedback_get_answer *f)
{
	struct rd rd = rd_of(f->facts);
	struct feedback_dmarc_row dmarc;
	struct feedback_tls_row tls;
	struct sum *s;

	r->good = r->bad = 0;
	if (f->kind == AGGREGATE_tls)
		while (rd_left(&rd) > 0 &&
		    msg_take(&rd, &feedback_tls_row_shape, &tls))
			add_tls(r, f, &tls);
	else
		while (rd_left(&rd) > 0 &&
		    msg_take(&rd, &feedback_dmarc_row_shape, &dmarc))
			add_dmarc(r, f, &dmarc);
	if (f->good <= r->good && f->bad <= r->bad)
		return;
	s = sum_of(r, f, STR("(others)"));
	s->good += f->good > r->good ? f->good - r->good : 0;
	s->bad += f->bad > r->bad ? f->bad - r->bad : 0;
}

/* What nobody is proven to have sent may say anything. */
static int
add_report(struct received *r, const struct feedback_row *row,
    void *arg unused_arg, struct err *err)
{
	struct feedback_get_answer f;
	int rc;

	if (row->sender.n == 0) {
		r->unproven++;
		return 0;
	}
	arena_reset(r->answers);
	rc = get(r, row->report, &f, err);
	if (rc == 0)
		add_rows(r, &f);
	return rc == E_NOTFOUND ? 0 : rc;	/* it has just gone */
}

/* Of each domain what is worst first. */
static int
compare_sums(const void *x, const void *y)
{
	const struct sum *a = x, *b = y;
	int by = str_cmp(a->domain, b->domain);

	if (by == 0)
		by = (a->kind > b->kind) - (a->kind < b->kind);
	if (by == 0)
		by = (a->bad < b->bad) - (a->bad > b->bad);
	return by ? by : (a->good < b->good) - (a->good > b->good);
}

static void
print_sums(struct received *r, bool json)
{
	static const struct table_column columns[] = {
		{ "domain", false, true }, { "about", false, false },
		{ "from", false, false }, { "good", true, false },
		{ "bad", true, false }, { "reports", true, false },
		{ "what", false, false } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };

	if (r->sums.n > 0)
		qsort(r->sums.p, r->sums.n, sizeof(*r->sums.p), compare_sums);
	for (size_t i = 0; i < r->sums.n; i++) {
		const struct sum *s = &r->sums.p[i];
		struct str *cells = table_row(&t, r->a);

		cells[0] = s->domain;
		cells[1] = about(s->kind);
		cells[2] = s->from;
		cells[3] = number(r->a, s->good);
		cells[4] = number(r->a, s->bad);
		cells[5] = number(r->a, s->reports);
		cells[6] = s->what;
	}
	if (t.nrows > 0 || json)
		table_print(&t, json);
	else
		printf("no reports have come\n");
	if (r->unproven > 0 && !json)
		printf("%llu more are in no sum: nobody is proven to have "
		    "sent them (postern reports each)\n",
		    (unsigned long long)r->unproven);
}

int
reports_received(struct operator *op, struct str domain, bool json,
    struct err *err)
{
	struct received r = { .op = op, .a = arena_new(SUMS_MEM),
		.answers = arena_new(ANSWER_MEM), .domain = domain };
	int rc = walk(&r, add_report, NULL, err);

	if (rc == 0)
		print_sums(&r, json);
	vec_free(&r.sums);
	map_free(&r.known);
	arena_free(r.answers);
	arena_free(r.a);
	return rc;
}
