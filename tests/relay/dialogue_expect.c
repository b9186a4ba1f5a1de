/*
 * dialogue_expect.c - TRACE, LOG, HEARD, COUNT, QUEUE, INBOX: what is to be
 * seen then.
 */
#include "dialogue.h"

#include <unistd.h>

#include "admin/journal_rows.h"
#include "store/blob.h"

enum { SETTLE_MS = 1000, LOG_MAX = 4 << 20 };

/* What came is what the block says, line by line. */
static void
expect(const struct str *got, size_t n)
{
	size_t i;

	D.checks++;
	for (i = 0; i < n && D.from + i < D.to; i++)
		if (!matches(got[i], block_line(D.from + i)))
			break;
	if (i == n && D.from + i == D.to)
		return;
	for (size_t k = i; k < n; k++)
		(void)fprintf(stderr, "came: %.*s\n", STR_FMT(got[k]));
	fail_at(D.from + i < D.to ? D.from + i : D.at, i < n ?
	    "is not what came" : "did not come");
}

static struct str *
new_list(size_t n)
{
	return arena_array(D.w.mem, n, sizeof(struct str));
}

/* Text as a list of its lines. */
static size_t
split(struct str s, struct str **out)
{
	size_t n = 0;

	*out = new_list(LINES_MAX);
	while (s.n > 0 && n < LINES_MAX)
		(void)str_cut(s, '\n', &(*out)[n++], &s);
	return n;
}

static struct str
trace_line(const struct journal_row *row)
{
	char code[16] = "";
	int minutes = (int)((row->at_us - BEGAN_US) / 60000000);

	if (row->code)
		(void)snprintf(code, sizeof(code), " %u", row->code);
	return arena_printf(D.w.mem, "%c%d:%02d %.*s %.*s%s%s%.*s",
	    minutes < 0 ? '-' : '+', abs(minutes) / 60, abs(minutes) % 60,
	    STR_FMT(journal_event_name(row->event)), STR_FMT(row->address),
	    code, row->text.n > 0 ? " " : "", STR_FMT(row->text));
}

/* Of D.offset, where day 0 is BEFORE_DAYS before all began. */
static int64_t
day_of(int64_t wall_s)
{
	int64_t day = wall_s / DAY_S - BEGAN_US / 1000000 / DAY_S +
	    BEFORE_DAYS;

	bug_if(day < 0 || day >= DAYS_MAX);
	return day;
}

void
see_day(void)
{
	int64_t day = day_of(loop_wall(D.w.loop));

	if (day < D.first_day)
		D.first_day = day;
	if (day > D.last_day)
		D.last_day = day;
}

/* Some rows of that day. */
static bool
read_journal(int64_t day, struct str *got, size_t *n)
{
	const int64_t at = BEGAN_US / 1000000 + (day - BEFORE_DAYS) * DAY_S;
	const struct journal_read_ask ask = { day_text(D.w.mem, at),
		D.offset[day] };
	struct journal_read_answer answer;
	struct journal_row row;
	struct rd rd;

	/* Days on which nothing happened have none. */
	if (queue_world_operator(&D.w, STORE_journal_read, &ask, &answer) < 0)
		return false;
	rd = rd_of(answer.rows);
	while (rd_left(&rd) > 0 && *n < LINES_MAX &&
	    msg_take(&rd, &journal_row_shape, &row))
		if (row.event != JOURNAL_received)	/* not of the queue */
			got[(*n)++] = trace_line(&row);
	D.offset[day] = answer.next;
	return answer.rows.n > 0;
}

void
do_trace(struct str rest unused_arg)
{
	struct str *got = new_list(LINES_MAX);
	size_t n = 0;

	pass(SETTLE_MS);
	engine_flush_journal(D.w.engine);
	see_day();
	for (int64_t day = D.first_day; day <= D.last_day;)
		if (!read_journal(day, got, &n))
			day++;
	expect(got, n);
}

void
do_log(struct str rest unused_arg)
{
	char *text = arena_array(D.w.mem, LOG_MAX, 1);
	struct str *got;
	size_t n, i = 0;
	ssize_t octets;

	pass(SETTLE_MS);
	octets = pread(D.w.logfd, text, LOG_MAX, D.logged);
	bug_if(octets < 0 || octets == LOG_MAX);
	D.logged += octets;
	n = split(str_make(text, (size_t)octets), &got);
	for (size_t at = D.from; at < D.to; at++, i++) {
		struct str want = block_line(at);

		D.checks++;
		while (i < n && !matches(got[i], arena_printf(D.w.mem,
		    "*%.*s*", STR_FMT(want))))
			i++;
		if (i == n) {
			(void)fprintf(stderr, "%.*s", (int)octets, text);
			fail_at(at, "was not logged");
		}
	}
}

void
do_heard(struct str name)
{
	size_t i = host_index(name);
	struct str got = buf_get(&D.w.servers.server[i].got), *lines;
	size_t n;

	pass(SETTLE_MS);
	got = buf_get(&D.w.servers.server[i].got);
	n = split(str_from(got, D.heard[i]), &lines);
	D.heard[i] = got.n;
	expect(lines, n);
}

void
do_count(struct str rest)
{
	const struct test_server *s =
	    &D.w.servers.server[host_index(word_of(&rest))];
	struct str name, value;

	pass(SETTLE_MS);
	while (rest.n > 0) {
		struct str word = word_of(&rest);
		const struct {
			const char *name;
			int n;
		} all[] = { { "dials", s->dials }, { "quits", s->quits },
			{ "messages", s->messages },
			{ "most-open", s->most_open }, { "clear", s->clear },
			{ "encrypted", s->encrypted }, { "open", s->open } };
		size_t i = 0;

		D.checks++;
		(void)str_cut(word, '=', &name, &value);
		while (i < NELEM(all) && !str_eq(name, str_c(all[i].name)))
			i++;
		if (i == NELEM(all))
			fail_at(D.at, "COUNT does not know %.*s",
			    STR_FMT(name));
		if (!matches(arena_printf(D.w.mem, "%d", all[i].n), value))
			fail_at(D.at, "%s is %d", all[i].name, all[i].n);
	}
}

void
do_login(struct str rest)
{
	const struct test_server *s =
	    &D.w.servers.server[host_index(word_of(&rest))];

	D.checks++;
	pass(SETTLE_MS);
	if (!matches(buf_get(&s->login), rest))
		fail_at(D.at, "was: %.*s", STR_FMT(buf_get(&s->login)));
}

void
do_queue(struct str rest unused_arg)
{
	static const char *const states[] = { [QUEUE_waits] = "waits",
		[QUEUE_held] = "held", [QUEUE_reports] = "reports",
		[QUEUE_under_way] = "under-way", [QUEUE_later] = "later" };
	const struct queue_list_ask ask = { 0 };
	struct queue_list_answer answer;
	struct str *got = new_list(LINES_MAX);
	struct queue_row row;
	size_t n = 0;
	struct rd rd;

	pass(SETTLE_MS);
	if (queue_world_operator(&D.w, STORE_queue_list, &ask, &answer) < 0)
		fail_at(D.at, "%s", D.w.err.text);
	rd = rd_of(answer.rows);
	while (rd_left(&rd) > 0 && n < LINES_MAX &&
	    msg_take(&rd, &queue_row_shape, &row))
		got[n++] = str_trim(arena_printf(D.w.mem,
		    "%.*s %s %u %u %.*s %.*s", STR_FMT(row.rcpt),
		    states[row.state], row.attempts, row.code,
		    STR_FMT(row.status), STR_FMT(row.text)));
	expect(got, n);
}

static int
keep_octets(void *arg, struct str octets)
{
	buf_str(arg, octets);
	return 0;
}

void
do_inbox(struct str rest)
{
	const struct open_ask open = { STR("INBOX") };
	struct open_answer in;
	struct buf text = BUF_INIT(TEXT_MAX);
	struct blob_source last;
	struct str left;

	D.checks++;
	pass(SETTLE_MS);
	if (store_call(D.w.alice, STORE_open, &open, &in, D.w.mem,
	    &D.w.err) < 0)
		fail_at(D.at, "%s", D.w.err.text);
	if (in.exists != number_of(rest))
		fail_at(D.at, "are %u", in.exists);
	last = (struct blob_source){ in.mailbox, in.uidnext - 1 };
	if (in.exists > 0 && blob_read(D.w.alice, &last, 0, UINT64_MAX,
	    keep_octets, &text, &D.w.err) < 0)
		fail_at(D.at, "%s", D.w.err.text);
	left = buf_get(&text);
	for (size_t i = D.from; i < D.to; i++) {
		struct str want = block_line(i), line, rest_of = left;
		bool without = str_starts(want, STR("!")), found = false;

		D.checks++;
		want = str_trim(str_from(want, without));
		while (!found && rest_of.n > 0) {
			(void)str_cut(rest_of, '\n', &line, &rest_of);
			found = matches(str_trim(line), want);
		}
		if (found && !without)
			left = rest_of;
		if (found == without) {
			(void)fprintf(stderr, "%.*s",
			    STR_FMT(buf_get(&text)));
			fail_at(i, "is not in it, or not there");
		}
	}
	buf_free(&text);
}
