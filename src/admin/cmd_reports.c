/*
 * cmd_reports.c - postern reports: what domains will hear about mail in their
 * name, and about TLS with their hosts; and what others have told us.
 */
#include "admin/reports_received.h"
#include "admin/table.h"
#include "admin/typed.h"
#include "base/timetext.h"

static const char usage[] =
    "usage: postern reports list [--json]\n"
    "       postern reports send\n"
    "       postern reports received [DOMAIN] [--json]\n"
    "       postern reports each [DOMAIN] [--json]\n"
    "       postern reports show REPORT [--json]\n\n"
    "Domains that ask for it hear once a day what became of mail in their\n"
    "name (rua of their DMARC record), and how TLS went with their mail hosts\n"
    "(_smtp._tls). list shows what is counted for them, and\n"
    "when it leaves; send has all of it leave now, within a minute, also that\n"
    "of the day that is not over. What is no use to anybody (nobody in rua\n"
    "may get it) is forgotten then, and what cannot be signed waits: the log\n"
    "of the server says so.\n\n"
    "Others tell us the same about our domains, if they find where to send it\n"
    "in DNS: postern domain dns has the records. received adds up what has\n"
    "come in the last 90 days: from which networks mail came in the name of\n"
    "a domain, how much of it passed DMARC (good) or did not (bad), and whose\n"
    "it is, if that is known; and how TLS went with our hosts. each lists the\n"
    "reports, and show has all of one.\n\n"
    WHICH_SERVER;

struct reports_ctx {
	struct admin *a;
	struct operator *op;
	bool json;
	char **words;	/* behind the verb, NULL at the end */
};

static void
put_report(struct reports_ctx *c, struct table *t,
    const struct aggregate_waits *w)
{
	struct arena *m = c->a->memory;
	struct civil day = civil_of(w->day);
	struct str *cells = table_row(t, m);

	cells[0] = str_dup(m, w->domain);
	cells[1] = w->kind == AGGREGATE_tls ? STR("tls") : STR("dmarc");
	cells[2] = arena_printf(m, "%04d-%02d-%02d", day.year, day.month,
	    day.day);
	cells[3] = arena_printf(m, "%llu", (unsigned long long)w->messages);
	cells[4] = arena_printf(m, "%u", w->rows);
	cells[5] = time_text(m, w->due);
	cells[6] = str_dup(m, w->rua);
}

static int
list(void *ctx, struct err *err)
{
	static const struct table_column columns[] = {
		{ "domain", false, true }, { "about", false, false },
		{ "day", false, false }, { "count", true, false },
		{ "rows", true, false },
		{ "leaves", false, false }, { "to", false, false } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	struct reports_ctx *c = ctx;
	struct aggregates_ask ask = { 0 };
	struct aggregates_answer answer;
	struct aggregate_waits w;

	do {
		struct rd r;

		if (operator_store(c->op, STORE_aggregates, &ask, &answer,
		    err) < 0)
			return err->code;
		r = rd_of(answer.rows);
		for (; rd_left(&r) > 0 && msg_take(&r, &aggregate_waits_shape,
		    &w); ask.after++)
			put_report(c, &t, &w);
	} while (answer.more);
	table_print(&t, c->json);
	return 0;
}

static int
send_all(void *ctx, struct err *err)
{
	struct reports_ctx *c = ctx;
	struct aggregate_now_ask ask = { operator_change(c->op) };
	struct aggregate_now_answer answer;

	if (operator_store(c->op, STORE_aggregate_now, &ask, &answer, err) < 0)
		return err->code;
	if (c->json)
		printf("{\"reports\":%u}\n", answer.n);
	else
		printf("%u report%s within a minute\n", answer.n,
		    answer.n == 1 ? " leaves" : "s leave");
	return 0;
}

/* The one that was named, or all. */
static int
read_domain(const struct reports_ctx *c, struct str *domain, struct err *err)
{
	*domain = STR_NULL;
	return c->words[0] ? typed_domain(c->a->memory, c->words[0], domain,
	    err) : 0;
}

static int
received(void *ctx, struct err *err)
{
	struct reports_ctx *c = ctx;
	struct str domain;
	int rc = read_domain(c, &domain, err);

	return rc < 0 ? rc : reports_received(c->op, domain, c->json, err);
}

static int
each(void *ctx, struct err *err)
{
	struct reports_ctx *c = ctx;
	struct str domain;
	int rc = read_domain(c, &domain, err);

	return rc < 0 ? rc : reports_each(c->op, domain, c->json, err);
}

static int
show(void *ctx, struct err *err)
{
	struct reports_ctx *c = ctx;
	uint64_t report;

	if (!str_u64(str_c(c->words[0]), &report))
		return err_set(err, E_INVALID, "\"%s\" is no number of a "
		    "report: postern reports each", c->words[0]);
	return reports_show(c->op, c->a->memory, report, c->json, err);
}

static const struct verb verbs[] = {
	{ "list", 0, 0, list },
	{ "send", 0, 0, send_all },
	{ "received", 0, 1, received },
	{ "each", 0, 1, each },
	{ "show", 1, 1, show },
	{ NULL, 0, 0, NULL },
};

int
cmd_reports(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct reports_ctx c = { .a = a };
	const struct verb *verb;
	int n = options_read(&o, argc, argv, usage, SERVER_OPTIONS);
	int rc;

	if (n < 0)
		return o.code;
	verb = options_verb(verbs, argc, argv, n);
	if (!verb)
		return options_wrong(argc, argv, n, usage);
	c.json = o.json;
	c.words = argv + n + 1;
	rc = operator_open(a, &o, &c.op, &err);
	if (rc == 0) {
		rc = verb->fn(&c, &err);
		operator_close(c.op);
	}
	return rc < 0 ? admin_fail(argv[0], "%s", err.text) : 0;
}
