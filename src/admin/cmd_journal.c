#include "admin/operator.h"
#include "admin/table.h"
#include "base/timetext.h"

static const char usage[] =
    "usage: postern journal [--day YYYY-MM-DD] [--json]\n\n"
    "What happened to messages on that day (UTC), today by default.\n\n"
    "  --data DIR | --config FILE   which server (default: postern.conf or\n"
    "                               postern-data here)\n";

static struct str
event_name(uint32_t event)
{
	static const char *const names[] = {
		[JOURNAL_refused] = "refused",
		[JOURNAL_login] = "login",
		[JOURNAL_login_failed] = "login-failed",
		[JOURNAL_received] = "received",
		[JOURNAL_stored] = "stored",
		[JOURNAL_queued] = "queued",
		[JOURNAL_appended] = "appended",
		[JOURNAL_expunged] = "expunged",
		[JOURNAL_forwarded] = "forwarded",
		[JOURNAL_delivered] = "delivered",
		[JOURNAL_deferred] = "deferred",
		[JOURNAL_failed] = "failed",
		[JOURNAL_reported] = "reported",
		[JOURNAL_unreported] = "unreported",
		[JOURNAL_held] = "held",
		[JOURNAL_released] = "released",
		[JOURNAL_retried] = "retried",
		[JOURNAL_dropped] = "dropped",
	};

	return event < NELEM(names) && names[event] ? str_c(names[event]) :
						      STR("unknown");
}

static void
take_row(struct admin *a, struct table *t, const struct journal_row *row)
{
	struct str *cells = table_row(t, a->memory);
	auto_buf b = BUF_INIT(40);

	time_rfc3339(&b, row->at_us / 1000000);
	cells[0] = str_dup(a->memory, buf_get(&b));
	cells[1] = event_name(row->event);
	cells[2] = arena_printf(a->memory, "%llu",
	    (unsigned long long)row->message);
	cells[3] = row->session;
	cells[4] = row->peer;
	cells[5] = row->from;
	cells[6] = row->address;
	cells[7] = arena_printf(a->memory, "%u", row->code);
	cells[8] = row->text;
}

static int
read_day(struct admin *a, struct operator *op, struct table *t,
    struct str day, struct err *err)
{
	struct journal_read_ask ask = { day, 0 };
	struct journal_read_answer answer;
	struct journal_row row;
	bool grown;
	int rc;

	do {
		struct rd r;

		rc = operator_store(op, STORE_journal_read, &ask, &answer,
		    err);
		if (rc == E_NOTFOUND)
			return 0; /* a day on which nothing happened */
		if (rc < 0)
			return rc;
		r = rd_of(answer.rows);
		while (rd_left(&r) > 0 &&
		    msg_take(&r, &journal_row_shape, &row))
			take_row(a, t, &row);
		grown = answer.next > ask.offset;
		ask.offset = answer.next;
	} while (grown);
	return 0;
}

static bool
is_day(struct str s)
{
	static const char form[] = "dddd-dd-dd";

	if (s.n != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (form[i] == 'd' ? !ascii_is_digit(s.p[i]) :
				     s.p[i] != form[i])
			return false;
	return true;
}

static struct str
today(struct admin *a)
{
	auto_buf b = BUF_INIT(40);

	time_rfc3339(&b, (int64_t)time(NULL));
	return str_dup(a->memory, str_first(buf_get(&b), 10));
}

int
cmd_journal(struct admin *a, int argc, char **argv)
{
	static const struct table_column columns[] = { { "time", false },
		{ "event", false }, { "message", true }, { "session", false },
		{ "peer", false }, { "from", false }, { "address", false },
		{ "code", true }, { "text", false } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	struct options o = { 0 };
	struct err err = { 0 };
	struct operator *op;
	struct str day;
	int n = options_read(&o, argc, argv, usage, "dcjD"), rc;

	if (n < 0)
		return o.code;
	if (n != argc)
		return options_wrong(usage);
	day = o.day ? str_c(o.day) : today(a);
	if (!is_day(day))
		return admin_fail("journal", "--day wants a day like "
		    "2026-11-22, not \"%s\"", o.day);
	if (operator_open(a, &o, &op, &err) < 0)
		return admin_fail("journal", "%s", err.text);
	rc = read_day(a, op, &t, day, &err);
	operator_close(op);
	if (rc < 0)
		return admin_fail("journal", "%s", err.text);
	table_print(&t, o.json);
	return 0;
}
