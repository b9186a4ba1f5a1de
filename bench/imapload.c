/*
 * imapload.c - many readers from one thread, for bench/imap.
 *
 * usage: imapload [--pop3] [--own FIRST] PORT CONNECTIONS SECONDS MESSAGES
 *                 PASSWORD COMMAND
 *
 * Each connection logs in over TLS, as u000@bench.test, or with --own as
 * u<FIRST>, u<FIRST + 1> ..., selects INBOX (but not with --pop3), and gives
 * COMMAND again and again for SECONDS, each time when the answer to the last
 * is there; a # in it is a number from 1 to MESSAGES. Prints one line: answers
 * a second, and the 50th and 99th percentile of their time in ms. Exits 1 at
 * the first refusal.
 */
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/str.h"

#include "load.h"

const char *const load_name = "imapload";

enum { IN_OCTETS = 65536, EVENTS = 32, TIMES = 1 << 22 };

/* What the next answer is to. */
enum step { GREETING, USER, LOGIN, SELECT, COMMAND };

struct reader {
	struct load_peer peer;
	enum step step;
	unsigned user;
	bool in_text;		/* POP3: its lines, up to the dot */
	uint64_t literal;	/* octets that are no lines */
	double began;
	uint32_t seed;
	char in[IN_OCTETS];
	size_t in_len;
};

struct load {
	int epfd;
	SSL_CTX *tls;
	bool pop3;
	uint16_t port;
	unsigned connections, ready, own;
	unsigned long messages;
	const char *password, *command;
	double seconds, began;	/* 0: not all are ready */
	double *took;
	size_t done;
};

static void
say_line(struct load *l, struct reader *r, const char *line)
{
	char text[1024];
	int n = snprintf(text, sizeof(text), "%s%s\r\n", l->pop3 ? "" : "a ",
	    line);

	if (n < 0 || (size_t)n >= sizeof(text))
		load_die("command too long");
	load_say(&r->peer, text, (size_t)n);
}

static void
say_command(struct load *l, struct reader *r)
{
	const char *mark = strchr(l->command, '#');
	char line[800];

	r->seed = r->seed * 1664525u + 1013904223u;
	if (mark)
		(void)snprintf(line, sizeof(line), "%.*s%lu%s",
		    (int)(mark - l->command), l->command,
		    (r->seed >> 4) % l->messages + 1, mark + 1);
	else
		(void)snprintf(line, sizeof(line), "%s", l->command);
	r->began = load_now();
	say_line(l, r, line);
}

static void
say_login(struct load *l, struct reader *r)
{
	char line[256];

	if (l->pop3 && r->step == GREETING)
		(void)snprintf(line, sizeof(line), "USER u%03u@bench.test",
		    r->user);
	else if (l->pop3)
		(void)snprintf(line, sizeof(line), "PASS %s", l->password);
	else
		(void)snprintf(line, sizeof(line), "LOGIN u%03u@bench.test %s",
		    r->user, l->password);
	say_line(l, r, line);
}

/* All begin together. */
static void
on_ready(struct load *l, struct reader *readers)
{
	if (++l->ready < l->connections)
		return;
	l->began = load_now();
	for (unsigned i = 0; i < l->connections; i++)
		say_command(l, &readers[i]);
}

static void
on_answer(struct load *l, struct reader *r, struct reader *readers)
{
	switch (r->step) {
	case GREETING:
		say_login(l, r);
		r->step = l->pop3 ? USER : LOGIN;
		break;
	case USER:
		say_login(l, r);
		r->step = LOGIN;
		break;
	case LOGIN:
		r->step = l->pop3 ? COMMAND : SELECT;
		if (l->pop3)
			on_ready(l, readers);
		else
			say_line(l, r, "SELECT INBOX");
		break;
	case SELECT:
		r->step = COMMAND;
		on_ready(l, readers);
		break;
	case COMMAND:
		if (l->done == TIMES)
			load_die("more answers than there is room for");
		l->took[l->done++] = load_now() - r->began;
		say_command(l, r);
		break;
	}
}

static void
refused(struct reader *r, struct str line)
{
	fprintf(stderr, "imapload: refused at step %d: %.*s\n", (int)r->step,
	    (int)line.n, line.p);
	exit(1);
}

/* Whether it is the last line of an answer. */
static bool
pop3_ends(struct load *l, struct reader *r, struct str line)
{
	if (r->in_text) {
		r->in_text = !str_eq(line, STR("."));
		return !r->in_text;
	}
	if (!str_starts(line, STR("+OK")))
		refused(r, line);
	r->in_text = r->step == COMMAND && strncmp(l->command, "RETR", 4) == 0;
	return !r->in_text;
}

static bool
imap_ends(struct reader *r, struct str line)
{
	if (r->step == GREETING)
		return true;
	if (str_starts(line, STR("a "))) {
		if (!str_starts(line, STR("a OK")))
			refused(r, line);
		return true;
	}
	if (line.n > 2 && line.p[line.n - 1] == '}') {
		size_t brace = str_rchr(line, '{');

		if (brace == line.n || !str_u64(str_from(str_first(line,
		    line.n - 1), brace + 1), &r->literal))
			refused(r, line);
	}
	return false;
}

static bool
on_input(struct load *l, struct reader *r, struct reader *readers)
{
	ssize_t got = load_receive(&r->peer, r->in + r->in_len,
	    sizeof(r->in) - r->in_len);
	size_t at = 0;
	char *end;

	if (got == 0)
		return false;
	r->in_len += (size_t)got;
	while (at < r->in_len) {
		size_t left = r->in_len - at;
		struct str line;

		if (r->literal > 0) {
			size_t n = r->literal < left ? r->literal : left;

			r->literal -= n;
			at += n;
			continue;
		}
		end = memchr(r->in + at, '\n', left);
		if (!end)
			break;
		line = str_make(r->in + at, (size_t)(end - r->in) - at);
		at += line.n + 1;
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (l->pop3 ? pop3_ends(l, r, line) : imap_ends(r, line))
			on_answer(l, r, readers);
	}
	r->in_len -= at;
	memmove(r->in, r->in + at, r->in_len);
	if (r->in_len == sizeof(r->in))
		load_die("line too long");
	return true;
}

static void
connect_all(struct load *l, struct reader *readers)
{
	for (unsigned i = 0; i < l->connections; i++) {
		struct reader *r = &readers[i];
		struct epoll_event ev = { .events = EPOLLIN | EPOLLET,
			.data.ptr = r };

		r->user = l->own ? l->own + i : 0;
		r->seed = i * 7919;
		load_connect(&r->peer, l->port, l->tls);
		if (epoll_ctl(l->epfd, EPOLL_CTL_ADD, r->peer.fd, &ev) < 0)
			load_die("epoll");
		/* What came with the handshake wakes nobody. */
		while (on_input(l, r, readers))
			;
	}
}

static void
print_result(struct load *l, double seconds)
{
	load_sort(l->took, l->done);
	printf("rate=%.1f p50_ms=%.3f p99_ms=%.3f\n",
	    (double)l->done / seconds, l->took[l->done / 2] * 1000,
	    l->took[l->done * 99 / 100] * 1000);
}

static int
options(struct load *l, int argc, char **argv)
{
	static const struct option table[] = {
		{ "pop3", no_argument, NULL, 'p' },
		{ "own", required_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1)
		switch (c) {
		case 'p':
			l->pop3 = true;
			break;
		case 'o':
			l->own = (unsigned)load_number(optarg, 999);
			break;
		default:
			return -1;
		}
	return argc - optind == 6 ? optind : -1;
}

/* Until the time is over and there was an answer; how long that was. */
static double
serve(struct load *l, struct reader *readers)
{
	struct epoll_event events[EVENTS];

	for (;;) {
		int n = epoll_wait(l->epfd, events, EVENTS, 60000);
		double now = load_now();

		if (n <= 0)
			load_die("no answer for a minute");
		if (l->done > 0 && now - l->began >= l->seconds)
			return now - l->began;
		for (int i = 0; i < n; i++)
			while (on_input(l, events[i].data.ptr, readers))
				;
	}
}

int
main(int argc, char **argv)
{
	struct load l = { 0 };
	struct reader *readers;
	int at = options(&l, argc, argv);

	if (at < 0) {
		fprintf(stderr, "usage: imapload [--pop3] [--own FIRST] PORT "
		    "CONNECTIONS SECONDS MESSAGES PASSWORD COMMAND\n");
		return 2;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	argv += at;
	l.port = (uint16_t)load_number(argv[0], 65535);
	l.connections = (unsigned)load_number(argv[1], 1000);
	l.seconds = (double)load_number(argv[2], 3600);
	l.messages = load_number(argv[3], 100000000);
	l.password = argv[4];
	l.command = argv[5];
	l.tls = SSL_CTX_new(TLS_client_method());
	l.took = calloc(TIMES, sizeof(*l.took));
	readers = calloc(l.connections, sizeof(*readers));
	l.epfd = epoll_create1(EPOLL_CLOEXEC);
	if (!l.tls || !l.took || !readers || l.epfd < 0)
		load_die("start");
	connect_all(&l, readers);
	print_result(&l, serve(&l, readers));
	return 0;
}
