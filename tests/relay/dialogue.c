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
 *   DNS               NAME MX PREFERENCE HOST, NAME A ADDRESS, NAME FAILED;
 *                     signed yes: all of it from now on
 *   TRUST             the authority of all servers' certificates, which name
 *                     mx1.example.org
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
 *     limits MAILMAX=2    and these limits (RFC 9422)
 *     offers REQUIRETLS   and this
 *     most 3              messages over a connection, then 421
 *     connections 3       at once, then 421 in place of a greeting
 *     rcpts 2             recipients of a message, then 452
 *     lose 2, lose every  the connection goes in this text, or in each
 *     pause 5m, slow 1s   before every reply; before that to a text
 *                     or, where a line begins with S: or C:, the dialogue of
 *                     its next connection: S: it says, C: it expects; WAIT 5m;
 *                     TLS starts; CLOSE. Several such are used one by one.
 *   MAIL a@example.org b@example.org [notify=, ret=, envid=, signed, times=20,
 *                     report, tls=yes, priority=4, by=2h;R]
 *                     alice submits it, with these lines as text; r#3@x are
 *                     r0@x, r1@x and r2@x; for=2h, until=2h: it leaves later
 *   TIME +5m          that time passes (at first: relay begins to take mail)
 *   CLOCK +7d         the wall clock jumps; also: -1d
 *   TRACE             what the journal says since the last TRACE, all of it,
 *                     a day of the wall clock after the other:
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
 *                     also: hold, release, drop; or 3, a message
 *   RESTART           store ends, and is started anew
 *
 * Steps that expect something first let a second pass.
 */
#include "dialogue.h"

enum { FILE_MAX = 1 << 20, STOP_MS = 10000 };

struct dialogue D;

/* ---- words ------------------------------------------------------------- */

void no_return
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

struct str
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
bool
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

uint32_t
number_of(struct str s)
{
	uint32_t n;

	if (!str_u32(s, &n))
		fail_at(D.at, "\"%.*s\" is no number", STR_FMT(s));
	return n;
}

/* "5m", "100ms" */
int64_t
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

void
pass(int64_t ms)
{
	if (!D.started) {
		D.started = true;
		queue_world_start_relay(&D.w);
	}
	(void)fiber_sleep(D.w.loop, loop_now_ms(D.w.loop) + ms);
}

/* A line of the block, without what makes it one. */
struct str
block_line(size_t i)
{
	struct str s = str_trim(D.line[i]);

	if (s.n == 0 || s.p[0] != '|')
		return s;
	return str_from(s, s.n > 1 && s.p[1] == ' ' ? 2 : 1);
}

/* ---- the file ---------------------------------------------------------- */

static void
do_time(struct str rest)
{
	if (!str_starts(rest, STR("+")))
		fail_at(D.at, "TIME is +5m or the like");
	pass(ms_of(str_from(rest, 1)));
}

static void
do_clock(struct str rest)
{
	int64_t us = 1000 * ms_of(str_from(rest, 1));

	see_day();
	D.w.clock.wall += rest.p[0] == '-' ? -us : us;
	see_day();
}

static void
do_config(struct str rest unused_arg)
{
	struct buf text = BUF_INIT(TEXT_MAX);

	for (size_t i = D.from; i < D.to; i++)
		buf_printf(&text, "%.*s\n", STR_FMT(block_line(i)));
	queue_world_config(&D.w, buf_get(&text));
	buf_free(&text);
}

static void
do_trust(struct str rest unused_arg)
{
	if (tls_client_trust(D.w.options.tls_verify,
	    buf_get(&D.w.servers.pem), &D.w.err) < 0)
		fail_at(D.at, "%s", D.w.err.text);
}

static const struct {
	const char *name;
	void (*fn)(struct str rest);
	bool begins;	/* store must be there */
} steps[] = {
	{ "CONFIG", do_config, false }, { "DNS", do_dns, false },
	{ "HOST", do_host, false }, { "MAIL", do_mail, true },
	{ "TIME", do_time, true }, { "CLOCK", do_clock, true },
	{ "TRACE", do_trace, true }, { "LOG", do_log, true },
	{ "HEARD", do_heard, true }, { "COUNT", do_count, true },
	{ "LOGIN", do_login, true }, { "QUEUE", do_queue, true },
	{ "INBOX", do_inbox, true }, { "OPERATOR", do_operator, true },
	{ "RESTART", do_restart, true }, { "TRUST", do_trust, false },
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
	char *text = arena_array(D.w.mem, FILE_MAX, 1);
	FILE *f = fopen(path, "re");
	struct str rest;
	size_t n;

	if (!f) {
		perror(path);
		exit(1);
	}
	n = fread(text, 1, FILE_MAX, f);
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
	D.first_day = D.last_day = BEFORE_DAYS;
	queue_world_config(&D.w, STR_NULL);
	(void)fiber_spawn(D.w.loop, "dialogue", run_dialogue, NULL);
	loop_run(D.w.loop);
	queue_world_close(&D.w);
	return 0;
}
