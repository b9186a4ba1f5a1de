/*
 * cmd_journal.c - postern journal: what happened on a day.
 */
#include <unistd.h>

#include "admin/journal_rows.h"
#include "admin/table.h"
#include "base/timetext.h"

static const char usage[] =
    "usage: postern journal [--day YYYY-MM-DD] [--json]\n\n"
    "What happened to messages on that day (UTC), today by default.\n\n"
    WHICH_SERVER;

struct journal_listing {
	struct table t;
	bool json;
	bool brief;		/* for a terminal: the day is known */
};

static const struct table_column columns[] = { { "time", false },
	{ "event", false }, { "message", true }, { "session", false },
	{ "peer", false }, { "from", false, true },
	{ "address", false, true }, { "code", true }, { "text", false } };
static const struct table_column brief_columns[] = { { "time", false },
	{ "event", false }, { "message", true }, { "from", false, true },
	{ "address", false, true }, { "code", true }, { "text", false } };

static void
take_row(void *arg, struct arena *a, const struct journal_row *row)
{
	struct journal_listing *l = arg;
	struct str *cells = table_row(&l->t, a);
	auto_buf b = BUF_INIT(40);

	time_rfc3339(&b, row->at_us / 1000000);
	cells[0] = str_dup(a, buf_get(&b));
	if (l->brief)
		cells[0] = str_first(str_from(cells[0], 11), 8);
	cells[1] = journal_event_name(row->event);
	cells[2] = arena_printf(a, "%llu", (unsigned long long)row->message);
	cells += 3;
	if (!l->brief) {
		*cells++ = row->session;
		*cells++ = row->peer;
	}
	*cells++ = row->from;
	*cells++ = row->address;
	*cells++ = arena_printf(a, "%u", row->code);
	*cells++ = row->text;
}

static void
print_page(void *arg)
{
	struct journal_listing *l = arg;

	if (l->t.nrows > 0 || !l->t.begun)
		table_more(&l->t, l->json);
}

static bool
is_day(struct str s)
{
	struct rd r = rd_of(s);
	struct civil day;

	time_take_date(&r, &day);
	return rd_done(&r);
}

int
cmd_journal(struct admin *a, int argc, char **argv)
{
	struct journal_listing l = { 0 };
	struct journal_rows to = { take_row, print_page, &l };
	struct options o = { 0 };
	struct err err = { 0 };
	struct operator *op;
	struct str day;
	int n = options_read(&o, argc, argv, usage, SERVER_OPTIONS " day"), rc;

	if (n < 0)
		return o.code;
	if (n != argc)
		return options_wrong(argc, argv, n, usage);
	l.json = o.json;
	l.brief = !o.json && isatty(STDOUT_FILENO);
	l.t.columns = l.brief ? brief_columns : columns;
	l.t.ncolumns = l.brief ? NELEM(brief_columns) : NELEM(columns);
	day = o.day ? str_c(o.day) : day_text(a->memory, (int64_t)time(NULL));
	if (!is_day(day))
		return admin_fail("journal", "--day wants a day like "
		    "2026-11-22, not \"%s\"", o.day);
	if (operator_open(a, &o, &op, &err) < 0)
		return admin_fail("journal", "%s", err.text);
	rc = journal_rows(op, day, &to, &err);
	operator_close(op);
	if (rc < 0)
		return admin_fail("journal", "%s", err.text);
	if (!l.t.begun)
		print_page(&l);
	table_end(&l.t, o.json);
	return 0;
}
