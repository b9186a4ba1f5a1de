/*
 * trace_print.c - the life of a message as text and as JSON.
 */
#include <stdio.h>

#include "admin/journal_rows.h"
#include "admin/queue_rows.h"
#include "admin/trace.h"
#include "base/timetext.h"

struct str
trace_value(struct str text, const char *key)
{
	struct str k = str_c(key), word, rest = text;
	size_t i;

	while (rest.n > 0) {
		i = str_find(rest, k);
		if (i == rest.n)
			return STR_NULL;
		if (i + k.n < rest.n && rest.p[i + k.n] == '=' &&
		    (i == 0 || rest.p[i - 1] == ' ')) {
			(void)str_cut(str_from(rest, i + k.n + 1), ' ', &word,
			    &rest);
			return word;
		}
		rest = str_from(rest, i + k.n);
	}
	return STR_NULL;
}

struct str
trace_message_id(const struct journal_row *row)
{
	struct str id;
	size_t i = str_find(row->text, STR(" id="));

	if (row->event != JOURNAL_received || i == row->text.n)
		return STR_NULL;
	id = str_trim(str_from(row->text, i + 4));
	if (id.n > 0 && id.p[0] == '<')
		id = str_from(id, 1);
	if (id.n > 0 && id.p[id.n - 1] == '>')
		id.n--;
	return id;
}

/* "failed; the report is 77" */
uint64_t
trace_report(const struct journal_row *row)
{
	struct str says = STR("the report is ");
	size_t i = str_find(row->text, says);
	uint64_t id;

	if (row->event != JOURNAL_reported || i == row->text.n ||
	    !str_u64(str_from(row->text, i + says.n), &id))
		return 0;
	return id;
}

/* ---- for people --------------------------------------------------------- */

static void
put_time(struct buf *b, int64_t at_us)
{
	struct civil c = civil_of(at_us / 1000000);

	buf_printf(b, "%04d-%02d-%02d %02d:%02d:%02d.%03d", c.year, c.month,
	    c.day, c.hour, c.minute, c.second,
	    (int)(at_us / 1000 % 1000));
}

/* ", dmarc=pass spf=pass dkim=none (by SPF of example.org)" */
static void
put_verdict(struct buf *b, const struct journal_row *row)
{
	struct str begin = STR(" verdict: "), text = row->text;
	size_t i = str_find(text, begin);

	if (i == text.n)
		return;
	text = str_from(text, i + begin.n);
	buf_lit(b, ", ");
	put_plain(b, str_first(text, str_find(text, STR(" id="))));
}

/* "from [192.0.2.1] (mx.example.net), ESMTPS TLSv1.3, 1234 octets" */
static void
put_received(struct buf *b, const struct journal_row *row)
{
	struct str helo = trace_value(row->text, "helo"),
		   tls = trace_value(row->text, "tls"),
		   size = trace_value(row->text, "size"),
		   protocol = trace_value(row->text, "protocol");

	buf_lit(b, "from <");
	put_name(b, row->from);
	buf_lit(b, ">");
	if (row->peer.n > 0) {
		buf_lit(b, " by ");
		put_plain(b, row->peer);
	}
	if (helo.n > 0) {
		buf_lit(b, " (");
		put_plain(b, helo);
		buf_lit(b, ")");
	}
	if (protocol.n > 0) {
		buf_lit(b, ", ");
		put_plain(b, protocol);
	}
	if (tls.n > 0) {
		buf_lit(b, " ");
		put_plain(b, tls);
	}
	if (size.n > 0) {
		buf_lit(b, ", ");
		put_plain(b, size);
		buf_lit(b, " octets");
	}
	put_verdict(b, row);
}

/* What its reply, or somebody, said. */
static void
put_said(struct buf *b, const struct journal_row *row)
{
	if (row->peer.n > 0) {
		buf_lit(b, " ");
		put_plain(b, row->peer);
	}
	if (row->code || row->text.n > 0)
		buf_lit(b, ":");
	if (row->code)
		buf_printf(b, " %u", row->code);
	if (row->text.n > 0) {
		buf_lit(b, " ");
		put_plain(b, row->text);
	}
}

static const char *
word_before_address(const struct journal_row *row)
{
	switch (row->event) {
	case JOURNAL_stored:
		return str_starts(row->text, STR("as a report")) ? "for " :
		    "in the mailbox of ";
	case JOURNAL_queued: return "for ";
	case JOURNAL_forwarded: return "to ";
	case JOURNAL_reported: return "to ";
	case JOURNAL_expunged: return "from the mailbox of ";
	case JOURNAL_copied: return "by ";
	case JOURNAL_moved: return "by ";
	case JOURNAL_recovered: return "for ";
	case JOURNAL_undeleted: return "for ";
	case JOURNAL_emptied: return "of ";
	case JOURNAL_password: return "of ";
	case JOURNAL_factor: return "of ";
	case JOURNAL_access: return "to mailboxes of ";
	}
	return "";
}

static void
print_event(const struct journal_row *row)
{
	auto_buf b = BUF_INIT(8192);
	bool says = row->event != JOURNAL_stored &&
	    row->event != JOURNAL_queued;

	buf_lit(&b, "  ");
	put_time(&b, row->at_us);
	buf_printf(&b, "  %-10.*s ", STR_FMT(journal_event_name(row->event)));
	if (row->event == JOURNAL_received) {
		put_received(&b, row);
	} else {
		buf_printf(&b, "%s", word_before_address(row));
		put_name(&b, row->address);
		if (says) {
			put_said(&b, row);
		} else if (row->text.n > 0) {
			buf_lit(&b, ", ");
			put_plain(&b, row->text);
		}
	}
	while (b.n > 0 && b.p[b.n - 1] == ' ')
		b.n--;
	printf("%.*s\n", STR_FMT(buf_get(&b)));
}

static void
print_rest(struct arena *a, const struct queue_row *row, int64_t now)
{
	auto_buf b = BUF_INIT(8192);

	buf_printf(&b, "  %-23s  %-10s ", "now", queue_state_name(row->state));
	put_name(&b, row->rcpt);
	if (row->state == QUEUE_waits)
		buf_printf(&b, ", attempt %u %.*s", row->attempts + 1,
		    STR_FMT(queue_next_text(a, row, now)));
	/* Why it was not tried; what was said of tries stands above. */
	if (row->attempts == 0 && row->text.n > 0) {
		buf_lit(&b, ": ");
		put_plain(&b, row->text);
	}
	printf("%.*s\n", STR_FMT(buf_get(&b)));
}

static struct str
id_of(const struct trace_message *m)
{
	struct str id = STR_NULL;

	for (struct trace_event *e = m->first; e && id.n == 0; e = e->next)
		id = trace_message_id(&e->row);
	return id;
}

void
trace_heading(struct buf *b, const struct trace_message *m)
{
	struct str id = id_of(m);

	if (m->heading)
		buf_printf(b, "%s", m->heading);
	else if (m->id)
		buf_printf(b, "message %llu", (unsigned long long)m->id);
	else
		buf_lit(b, "refused");
	if (id.n > 0) {
		buf_lit(b, "  <");
		put_plain(b, id);
		buf_lit(b, ">");
	}
	if (m->report_of)
		buf_printf(b, "  the report about message %llu",
		    (unsigned long long)m->report_of);
	buf_lit(b, "\n");
}

void
trace_print(struct arena *a, const struct trace_message *m, size_t n,
    int64_t now)
{
	auto_buf b = BUF_INIT(4096);

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			putchar('\n');
		buf_reset(&b);
		trace_heading(&b, &m[i]);
		(void)fwrite(b.p, 1, b.n, stdout);
		for (struct trace_event *e = m[i].first; e; e = e->next)
			print_event(&e->row);
		for (struct trace_rest *r = m[i].rest; r; r = r->next)
			print_rest(a, &r->row, now);
		if (m[i].nevents >= TRACE_EVENTS)
			puts("  and more");
		if (m[i].others > 0)
			printf("  and %llu events of other recipients: "
			       "postern trace %llu\n",
			    (unsigned long long)m[i].others,
			    (unsigned long long)m[i].id);
	}
}

/* ---- for programs ------------------------------------------------------- */

static void
put_member(struct buf *b, const char *name, struct str value)
{
	buf_printf(b, ",\"%s\":", name);
	json_string(b, value);
}

static void
put_event(struct buf *b, const struct journal_row *row)
{
	auto_buf at = BUF_INIT(64);

	time_rfc3339(&at, row->at_us / 1000000);
	at.n--;	/* the Z comes behind the microseconds */
	buf_printf(&at, ".%06dZ", (int)(row->at_us % 1000000));
	buf_lit(b, "{\"time\":");
	json_string(b, buf_get(&at));
	put_member(b, "event", journal_event_name(row->event));
	put_member(b, "session", row->session);
	put_member(b, "peer", row->peer);
	put_member(b, "from", row->from);
	put_member(b, "address", row->address);
	buf_printf(b, ",\"code\":%u", row->code);
	put_member(b, "text", row->text);
	buf_lit(b, "}");
}

static void
put_rest(struct buf *b, struct arena *a, const struct queue_row *row)
{
	struct str cells[TABLE_COLUMNS];

	queue_cells(a, cells, row);
	for (size_t i = 0; i < queue_ncolumns; i++) {
		buf_printf(b, "%s\"%s\":", i ? "," : "{",
		    queue_columns[i].name);
		if (queue_columns[i].number)
			buf_str(b, cells[i]);
		else
			json_string(b, cells[i]);
	}
	buf_lit(b, "}");
}

static void
print_one(struct arena *a, const struct trace_message *m, bool first)
{
	auto_buf b = BUF_INIT(64 << 20);

	buf_printf(&b, "%s\n {\"message\":%llu", first ? "" : ",",
	    (unsigned long long)m->id);
	put_member(&b, "message_id", id_of(m));
	if (m->report_of)
		buf_printf(&b, ",\"report_of\":%llu",
		    (unsigned long long)m->report_of);
	buf_lit(&b, ",\"events\":[");
	for (struct trace_event *e = m->first; e; e = e->next) {
		buf_printf(&b, "%s\n  ", e == m->first ? "" : ",");
		put_event(&b, &e->row);
	}
	buf_lit(&b, "],\"queue\":[");
	for (struct trace_rest *r = m->rest; r; r = r->next) {
		buf_printf(&b, "%s\n  ", r == m->rest ? "" : ",");
		put_rest(&b, a, &r->row);
	}
	buf_lit(&b, "]}");
	(void)fwrite(b.p, 1, b.n, stdout);
}

void
trace_print_json(struct arena *a, const struct trace_message *m, size_t n)
{
	putchar('[');
	for (size_t i = 0; i < n; i++)
		print_one(a, &m[i], i == 0);
	puts("\n]");
}
