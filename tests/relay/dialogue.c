/*
 * dialogue.c - runs a dialogue of the queue: tests/relay/NAME.t.
 *
 * The real store and the real relay on a fake clock; DNS and the servers of
 * others are what the file says. Read from top to bottom; lines that begin
 * with a space belong to the step above them. In what is expected, * stands
 * for anything.
 *
 *   # text            a comment
 *   CONFIG            lines of postern.conf; not the first: read anew
 *   DNS               NAME MX PREFERENCE HOST, NAME A ADDRESS, NAME FAILED
 *   HOST mx1 [ADDRESS[:PORT]]
 *                     a server (the address the first time). It takes all
 *                     mail, but for what its lines say; they hold until it
 *                     has others:
 *     greeting 554 no     mail 550 no     text 451 no    its reply to that
 *     rcpt later 450 no   its reply to RCPT of an address that begins so
 *     down, no-socket     nobody listens; we have no socket left
 *     silent              it never greets
 *     tls works           also: refused, broken
 *     dsn, auth           it offers these
 *     most 3              messages over a connection, then 421
 *     rcpts 2             recipients of a message, then 452
 *     lose 2, lose every  the connection goes in this text, or in each
 *     pause 5m, slow 1s   before every reply; before that to a text
 *                     or, where a line begins with S: or C:, the dialogue of
 *                     its next connection: S: it says, C: it expects; WAIT 5m;
 *                     TLS starts; CLOSE. Several such are used one by one.
 *   MAIL a@example.org b@example.org [notify=, ret=, envid=, signed, times=20]
 *                     alice submits it, with these lines as text; r#3@x are
 *                     r0@x, r1@x and r2@x
 *   TIME +5m          that time passes (at first: relay begins to take mail)
 *   TRACE             what the journal says since the last TRACE, all of it:
 *                     +HOURS:MINUTES EVENT ADDRESS CODE TEXT
 *   LOG               lines with this in them, in order, among what was
 *                     logged since the last LOG
 *   HEARD mx1         what it took since the last HEARD:
 *                     FROM>TO,TO|TEXT with / for the line ends
 *   COUNT mx1 dials=1 messages=2
 *                     also: quits, open, most-open, clear, encrypted
 *   LOGIN mx1 TEXT    the AUTH command it had
 *   QUEUE             what is in the queue, a recipient a line:
 *                     ADDRESS STATE ATTEMPTS CODE STATUS TEXT
 *   INBOX 1           how many messages alice has; the lines are found in the
 *                     last one, in this order; one that begins with ! is
 *                     not in what follows
 *   OPERATOR retry example.org
 *                     also: hold, release, drop
 *   RESTART           store ends, and is started anew
 *
 * Steps that expect something first let a second pass.
 */
#include <unistd.h>

#include "admin/journal_rows.h"
#include "queue_world.h"
#include "store/blob.h"

enum { LINES_MAX = 1000, SCRIPTS_MAX = 16, TEXT_MAX = 8 << 20,
	SETTLE_MS = 1000, DAY_S = 86400, LOG_MAX = 4 << 20,
	STOP_MS = 10000, LINE_OCTETS = 1000 };

/* A visit to a server, told line by line. */
struct script {
	const struct test_server *server;	/* NULL: it is over */
	size_t from, to;		/* lines */
};

static struct dialogue {
	struct queue_world w;
	const char *path;
	struct str line[LINES_MAX];
	size_t nlines, at;	/* at: that is carried out, from 0 */
	size_t from, to;	/* its block */
	const char *name[SERVERS_MAX];	/* of servers */
	struct script script[SCRIPTS_MAX];
	size_t nscripts;
	size_t heard[SERVERS_MAX];	/* octets of server.got */
	off_t logged;
	int64_t day;			/* of the journal */
	uint64_t offset;			/* in that */
	bool begun, started;
	int checks;
} D;

/* ---- words ------------------------------------------------------------- */

static void no_return
fail_at(size_t line, const char *fmt, ...)
{
	va_list ap;

	(void)fprintf(stderr, "%s:%zu: %.*s\n", D.path, line + 1,
	    STR_FMT(D.line[line]));
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	exit(1);
}

static struct str
word_of(struct str *rest)
{
	struct str word;

	*rest = str_trim(*rest);
	if (!str_cut(*rest, ' ', &word, rest))
		*rest = STR_NULL;
	*rest = str_trim(*rest);
	return word;
}

/* In want, * is anything. */
static bool
matches(struct str s, struct str want)
{
	size_t i = 0, j = 0, star = SIZE_MAX, mark = 0;

	while (i < s.n) {
		if (j < want.n && want.p[j] == '*') {
			star = j++;
			mark = i;
		} else if (j < want.n && want.p[j] == s.p[i]) {
			i++;
			j++;
		} else if (star != SIZE_MAX) {
			j = star + 1;
			i = ++mark;
		} else {
			return false;
		}
	}
	while (j < want.n && want.p[j] == '*')
		j++;
	return j == want.n;
}

static uint32_t
number_of(struct str s)
{
	uint32_t n;

	if (!str_u32(s, &n))
		fail_at(D.at, "\"%.*s\" is no number", STR_FMT(s));
	return n;
}

/* "5m", "100ms" */
static int64_t
ms_of(struct str s)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
		{ "h", 3600000 }, { "d", 86400000 } };

	for (size_t i = 0; i < NELEM(units); i++) {
		struct str unit = str_c(units[i].unit);

		if (str_endsi(s, unit))
			return units[i].ms *
			    number_of(str_first(s, s.n - unit.n));
	}
	fail_at(D.at, "\"%.*s\" is no time", STR_FMT(s));
}

static const char *
keep(struct str s)
{
	return str_dupz(D.w.mem, s);
}

static void
pass(int64_t ms)
{
	if (!D.started) {
		D.started = true;
		queue_world_start_relay(&D.w);
	}
	(void)fiber_sleep(D.w.loop, loop_now_ms(D.w.loop) + ms);
}

/* A line of the block, without what makes it one. */
static struct str
block_line(size_t i)
{
	struct str s = str_trim(D.line[i]);

	if (s.n == 0 || s.p[0] != '|')
		return s;
	return str_from(s, s.n > 1 && s.p[1] == ' ' ? 2 : 1);
}

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

/* ---- servers ----------------------------------------------------------- */

static size_t
index_of(struct str name)
{
	for (size_t i = 0; i < D.w.servers.n; i++)
		if (str_eq(str_c(D.name[i]), name))
			return i;
	fail_at(D.at, "no such HOST");
}

static void
expect_from(struct stream *st, size_t line, struct str want)
{
	struct err err = { 0 };
	struct str got;

	D.checks++;
	if (stream_flush(st, &err) < 0 ||
	    stream_line(st, LINE_OCTETS, &got, &err) < 0)
		fail_at(line, "the connection ended: %s", err.text);
	if (!matches(got, want))
		fail_at(line, "came: %.*s", STR_FMT(got));
}

/* A dialogue of the file, if there is one left for this server. */
static bool
talk(struct test_server *s, struct stream *st)
{
	struct script *x = D.script;
	struct err err = { 0 };

	while (x < D.script + D.nscripts && x->server != s)
		x++;
	if (x == D.script + D.nscripts)
		return false;
	x->server = NULL;
	for (size_t i = x->from; i < x->to; i++) {
		struct str rest = block_line(i), word = word_of(&rest);

		if (str_eq(word, STR("S:"))) {
			(void)stream_printf(st, "%.*s\r\n", STR_FMT(rest));
		} else if (str_eq(word, STR("C:"))) {
			expect_from(st, i, rest);
		} else if (str_eq(word, STR("WAIT"))) {
			(void)stream_flush(st, NULL);
			(void)fiber_sleep(D.w.loop, loop_now_ms(D.w.loop) +
			    ms_of(rest));
		} else if (str_eq(word, STR("TLS"))) {
			(void)stream_flush(st, NULL);
			if (stream_tls_accept(st, D.w.servers.tls, &err) < 0)
				fail_at(i, "%s", err.text);
		} else if (str_eq(word, STR("CLOSE"))) {
			break;
		} else {
			fail_at(i, "is not S:, C:, WAIT, TLS or CLOSE");
		}
	}
	return true;
}

static bool
set_reply(struct test_server *s, struct str word, struct str rest)
{
	struct rcpt_rule *r = s->rcpt;

	if (str_eq(word, STR("greeting"))) {
		s->greeting = keep(rest);
	} else if (str_eq(word, STR("mail"))) {
		s->mail = keep(rest);
	} else if (str_eq(word, STR("text"))) {
		s->text = keep(rest);
	} else if (str_eq(word, STR("rcpt"))) {
		while (r < s->rcpt + RCPT_RULES - 1 && r->begins)
			r++;
		r->begins = keep(word_of(&rest));
		r->reply = keep(rest);
	} else if (str_eq(word, STR("tls"))) {
		s->tls = str_eq(rest, STR("works")) ? TLS_WORKS :
		    str_eq(rest, STR("refused")) ? TLS_REFUSED : TLS_BROKEN;
	} else {
		return false;
	}
	return true;
}

static void
set_rule(struct test_server *s, size_t line)
{
	struct str rest = block_line(line), word = word_of(&rest);

	if (set_reply(s, word, rest))
		return;
	if (str_eq(word, STR("down")))
		s->down = true;
	else if (str_eq(word, STR("no-socket")))
		s->no_socket = true;
	else if (str_eq(word, STR("silent")))
		s->greeting = "";
	else if (str_eq(word, STR("dsn")))
		s->dsn = true;
	else if (str_eq(word, STR("auth")))
		s->auth = true;
	else if (str_eq(word, STR("most")))
		s->most = (int)number_of(rest);
	else if (str_eq(word, STR("rcpts")))
		s->rcpts = (int)number_of(rest);
	else if (str_eq(word, STR("pause")))
		s->pause_ms = ms_of(rest);
	else if (str_eq(word, STR("slow")))
		s->slow_ms = ms_of(rest);
	else if (str_eq(word, STR("lose"))) {
		s->lose_always = str_eq(rest, STR("every"));
		s->lose_after = s->messages +
		    (s->lose_always ? 1 : (int)number_of(rest));
	} else
		fail_at(line, "no such rule of a HOST");
}

/* Its rules are forgotten, what it has seen is not. */
static void
forget_rules(struct test_server *s)
{
	struct test_server was = *s;

	*s = (struct test_server){ .address = was.address, .port = was.port,
		.talk = talk, .dials = was.dials, .open = was.open,
		.most_open = was.most_open, .messages = was.messages,
		.quits = was.quits, .clear = was.clear,
		.encrypted = was.encrypted, .got = was.got,
		.login = was.login };
}

static void
do_host(struct str rest)
{
	struct str name = word_of(&rest), address, port, first;
	struct test_server *s;

	if (rest.n > 0) {
		(void)str_cut(rest, ':', &address, &port);
		D.name[D.w.servers.n] = keep(name);
		s = server_add(&D.w.servers, keep(address));
		s->port = port.n > 0 ? (uint16_t)number_of(port) : 0;
	} else {
		s = &D.w.servers.server[index_of(name)];
	}
	first = D.from < D.to ? block_line(D.from) : STR_NULL;
	if (str_starts(first, STR("S:")) || str_starts(first, STR("C:"))) {
		bug_if(D.nscripts == SCRIPTS_MAX);
		s->talk = talk;
		D.script[D.nscripts++] = (struct script){ s, D.from, D.to };
		return;
	}
	forget_rules(s);
	for (size_t i = D.from; i < D.to; i++)
		set_rule(s, i);
}

static void
do_dns(struct str rest unused_arg)
{
	for (size_t i = D.from; i < D.to; i++) {
		struct str left = block_line(i);
		const char *name = keep(word_of(&left));
		struct str type = word_of(&left);
		uint32_t preference = 0;

		if (str_eq(type, STR("FAILED"))) {
			dns_add(&D.w.dns, name, DNS_MX, 0, "", DNS_FAILED);
		} else if (str_eq(type, STR("A"))) {
			dns_add(&D.w.dns, name, DNS_A, 0, keep(left), DNS_OK);
		} else if (str_eq(type, STR("MX"))) {
			preference = number_of(word_of(&left));
			/* RFC 7505: "." takes no mail */
			dns_add(&D.w.dns, name, DNS_MX, preference,
			    str_eq(left, STR(".")) ? "" : keep(left), DNS_OK);
		} else {
			fail_at(i, "is not MX, A or FAILED");
		}
	}
}

/* ---- what alice and the operator do ------------------------------------ */

static uint32_t
notify_of(struct str value)
{
	static const char *const names[] = { "never", "success", "failure",
		"delay" };
	uint32_t bits = 0;
	struct str one;

	while (value.n > 0) {
		(void)str_cut(value, ',', &one, &value);
		for (size_t i = 0; i < NELEM(names); i++)
			if (str_eq(one, str_c(names[i])))
				bits |= 1u << i;
	}
	return bits;
}

/* The text of the block, or a short one. */
static void
put_text(struct blob_writer *b)
{
	if (D.from == D.to)
		(void)blob_write(b, STR("Subject: hello\r\n\r\nHello\r\n"),
		    &D.w.err);
	for (size_t i = D.from; i < D.to; i++) {
		(void)blob_write(b, block_line(i), &D.w.err);
		(void)blob_write(b, STR("\r\n"), &D.w.err);
	}
}

static void
put_handle(struct buf *handles, struct str address, uint32_t notify)
{
	const struct rcpt_ask r = { .address = address, .notify = notify };
	struct rcpt_answer answer;

	if (store_call(D.w.alice, STORE_rcpt, &r, &answer, D.w.mem,
	    &D.w.err) < 0)
		fail_at(D.at, "rcpt: %s", D.w.err.text);
	buf_le64(handles, answer.handle);
}

static void
submit(struct submit_ask s, uint32_t notify, struct str rcpts)
{
	struct blob_writer *b = blob_writer_new(D.w.alice, 0);
	auto_buf handles = BUF_INIT(8 * 2000);
	struct submit_answer answer;
	struct blob_ref blob;

	while (rcpts.n > 0) {
		struct str word = word_of(&rcpts), local, domain, times;

		if (str_chr(word, '=') < word.n ||
		    str_eq(word, STR("signed")))
			continue;
		(void)str_cut(word, '@', &local, &domain);
		if (!str_cut(local, '#', &local, &times)) {
			put_handle(&handles, word, notify);
			continue;
		}
		for (uint32_t i = 0; i < number_of(times); i++)
			put_handle(&handles, arena_printf(D.w.mem,
			    "%.*s%u@%.*s", STR_FMT(local), i,
			    STR_FMT(domain)), notify);
	}
	put_text(b);
	if (blob_finish(b, &blob, &D.w.err) < 0)
		fail_at(D.at, "blob: %s", D.w.err.text);
	s.change = store_change_id(D.w.alice);
	s.handles = buf_get(&handles);
	s.stage = blob.stage;
	s.octets = blob.octets;
	s.raw_size = blob.raw_size;
	if (store_call(D.w.alice, STORE_submit, &s, &answer, D.w.mem,
	    &D.w.err) < 0)
		fail_at(D.at, "submit: %s", D.w.err.text);
	blob_writer_free(b);
}

static void
do_mail(struct str rcpts)
{
	struct submit_ask s = { .reverse_path = STR("alice@example.test"),
		.message_id = STR("<hello@example.test>") };
	uint32_t notify = 0, times = 1;
	struct str rest = rcpts, word, name, value;

	while (rest.n > 0) {
		word = word_of(&rest);
		if (str_eq(word, STR("signed")))
			s.signature = STR("DKIM-Signature: x\r\n");
		if (!str_cut(word, '=', &name, &value))
			continue;
		if (str_eq(name, STR("notify")))
			notify = notify_of(value);
		else if (str_eq(name, STR("ret")))
			s.ret = str_eq(value, STR("full")) ? RET_full :
			    RET_headers;
		else if (str_eq(name, STR("envid")))
			s.envid = value;
		else if (str_eq(name, STR("times")))
			times = number_of(value);
		else
			fail_at(D.at, "no such word of MAIL");
	}
	while (times-- > 0)
		submit(s, notify, rcpts);
}

static void
do_time(struct str rest)
{
	if (!str_starts(rest, STR("+")))
		fail_at(D.at, "TIME is +5m or the like");
	pass(ms_of(str_from(rest, 1)));
}

static void
do_operator(struct str rest)
{
	static const char *const names[] = { [QUEUE_RETRY] = "retry",
		[QUEUE_HOLD] = "hold", [QUEUE_RELEASE] = "release",
		[QUEUE_DROP] = "drop" };
	struct str action = word_of(&rest);
	struct queue_change_ask ask = { .domain = rest,
		.change = store_change_id(D.w.alice) };
	struct queue_change_answer answer;

	for (uint32_t i = QUEUE_RETRY; i < NELEM(names); i++)
		if (str_eq(action, str_c(names[i])))
			ask.action = i;
	if (queue_world_operator(&D.w, STORE_queue_change, &ask, &answer) < 0)
		fail_at(D.at, "%s", D.w.err.text);
}

static void
do_restart(struct str rest unused_arg)
{
	queue_world_restart_store(&D.w);
}

/* ---- what is to be seen ------------------------------------------------ */

static struct str
trace_line(const struct journal_row *row)
{
	char code[16] = "";
	int minutes = (int)((row->at_us - BEGAN_US) / 60000000);

	if (row->code)
		(void)snprintf(code, sizeof(code), " %u", row->code);
	return arena_printf(D.w.mem, "+%d:%02d %.*s %.*s%s%s%.*s",
	    minutes / 60, minutes % 60,
	    STR_FMT(journal_event_name(row->event)), STR_FMT(row->address),
	    code, row->text.n > 0 ? " " : "", STR_FMT(row->text));
}

/* Some rows of the day that D.day is in, from D.offset on. */
static bool
read_journal(struct str *got, size_t *n)
{
	const struct journal_read_ask ask = { day_text(D.w.mem, D.day),
		D.offset };
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
	D.offset = answer.next;
	return answer.rows.n > 0;
}

static void
do_trace(struct str rest unused_arg)
{
	struct str *got = new_list(LINES_MAX);
	size_t n = 0;

	pass(SETTLE_MS);
	engine_flush_journal(D.w.engine);
	for (;;) {
		if (read_journal(got, &n))
			continue;
		if (D.day / DAY_S == loop_wall(D.w.loop) / DAY_S)
			break;
		D.day += DAY_S;
		D.offset = 0;
	}
	expect(got, n);
}

static void
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

static void
do_heard(struct str name)
{
	size_t i = index_of(name);
	struct str got = buf_get(&D.w.servers.server[i].got), *lines;
	size_t n;

	pass(SETTLE_MS);
	got = buf_get(&D.w.servers.server[i].got);
	n = split(str_from(got, D.heard[i]), &lines);
	D.heard[i] = got.n;
	expect(lines, n);
}

static void
do_count(struct str rest)
{
	const struct test_server *s =
	    &D.w.servers.server[index_of(word_of(&rest))];
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

static void
do_login(struct str rest)
{
	const struct test_server *s =
	    &D.w.servers.server[index_of(word_of(&rest))];

	D.checks++;
	pass(SETTLE_MS);
	if (!matches(buf_get(&s->login), rest))
		fail_at(D.at, "was: %.*s", STR_FMT(buf_get(&s->login)));
}

static void
do_queue(struct str rest unused_arg)
{
	static const char *const states[] = { [QUEUE_waits] = "waits",
		[QUEUE_held] = "held", [QUEUE_reports] = "reports",
		[QUEUE_under_way] = "under-way" };
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

static void
do_inbox(struct str rest)
{
	const struct open_ask open = { STR("INBOX") };
	struct open_answer in;
	struct buf text = BUF_INIT(TEXT_MAX);
	struct str left;

	D.checks++;
	pass(SETTLE_MS);
	if (store_call(D.w.alice, STORE_open, &open, &in, D.w.mem,
	    &D.w.err) < 0)
		fail_at(D.at, "%s", D.w.err.text);
	if (in.exists != number_of(rest))
		fail_at(D.at, "are %u", in.exists);
	if (in.exists > 0 && blob_read(D.w.alice, in.mailbox, in.uidnext - 1,
	    0, UINT64_MAX, keep_octets, &text, &D.w.err) < 0)
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

/* ---- the file ---------------------------------------------------------- */

static void
do_config(struct str rest unused_arg)
{
	struct buf text = BUF_INIT(TEXT_MAX);

	for (size_t i = D.from; i < D.to; i++)
		buf_printf(&text, "%.*s\n", STR_FMT(block_line(i)));
	queue_world_config(&D.w, buf_get(&text));
	buf_free(&text);
}

static const struct {
	const char *name;
	void (*fn)(struct str rest);
	bool begins;	/* store must be there */
} steps[] = {
	{ "CONFIG", do_config, false }, { "DNS", do_dns, false },
	{ "HOST", do_host, false }, { "MAIL", do_mail, true },
	{ "TIME", do_time, true }, { "TRACE", do_trace, true },
	{ "LOG", do_log, true }, { "HEARD", do_heard, true },
	{ "COUNT", do_count, true }, { "LOGIN", do_login, true },
	{ "QUEUE", do_queue, true }, { "INBOX", do_inbox, true },
	{ "OPERATOR", do_operator, true }, { "RESTART", do_restart, true },
};

static bool
is_block(struct str line)
{
	return line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t' ||
	    line.p[0] == '|');
}

static void
do_step(void)
{
	struct str rest = D.line[D.at], word = word_of(&rest);
	size_t i = 0;

	while (i < NELEM(steps) && !str_eq(word, str_c(steps[i].name)))
		i++;
	if (i == NELEM(steps))
		fail_at(D.at, "no such step");
	if (steps[i].begins && !D.begun) {
		D.begun = true;
		queue_world_begin(&D.w);
	}
	steps[i].fn(rest);
}

static void
run_dialogue(void *arg unused_arg)
{
	for (; D.at < D.nlines; D.at = D.to) {
		struct str line = D.line[D.at];

		D.from = D.to = D.at + 1;
		while (D.to < D.nlines && is_block(D.line[D.to]))
			D.to++;
		if (line.n > 0 && line.p[0] != '#')
			do_step();
	}
	for (size_t i = 0; i < D.nscripts; i++)
		if (D.script[i].server)
			fail_at(D.script[i].from, "nobody came for this");
	if (D.checks == 0)
		fail_at(0, "expects nothing");
	relay_stop(D.w.relay);
	pass(STOP_MS);
	queue_world_end(&D.w);
	loop_stop(D.w.loop);
}

static void
read_file(const char *path)
{
	char *text = arena_array(D.w.mem, LOG_MAX, 1);
	FILE *f = fopen(path, "re");
	struct str rest;
	size_t n;

	if (!f) {
		perror(path);
		exit(1);
	}
	n = fread(text, 1, LOG_MAX, f);
	(void)fclose(f);
	rest = str_make(text, n);
	while (rest.n > 0 && D.nlines < LINES_MAX)
		(void)str_cut(rest, '\n', &D.line[D.nlines++], &rest);
	bug_if(rest.n > 0);
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		(void)fprintf(stderr, "usage: relay_dialogue FILE.t\n");
		return 2;
	}
	D.path = argv[1];
	queue_world_open(&D.w);
	read_file(argv[1]);
	D.day = D.w.clock.wall / 1000000;
	queue_world_config(&D.w, STR_NULL);
	(void)fiber_spawn(D.w.loop, "dialogue", run_dialogue, NULL);
	loop_run(D.w.loop);
	queue_world_close(&D.w);
	return 0;
}
