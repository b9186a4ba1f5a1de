/*
 * smtpload.c - many SMTP sessions from one thread, for the benchmarks.
 *
 * usage: smtpload [--tls] [--login USER:PASSWORD] [--from ADDRESS]
 *                 [--to DOMAIN] [--rate N]
 *                 PORT SESSIONS MESSAGES OCTETS RCPTS
 *
 * Sends MESSAGES messages of OCTETS octets over SESSIONS connections that are
 * used again and again, waiting for each answer as a plain client does.
 * Message i goes to u<i mod RCPTS>@bench.test (or of DOMAIN). --tls is from
 * the first octet and trusts anybody; --login is AUTH PLAIN; --rate begins no
 * more than N messages a second. Prints one line: messages a second up to the
 * last 250, and the 50th and 99th percentile of a transaction's time in ms.
 * Exits 1 at the first refusal.
 */
#include <getopt.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

const char *const load_name = "smtpload";

enum { LINE_MAX_OCTETS = 4096, EVENTS = 32 };

/* What the next reply answers. */
enum step { GREETING, HELLO, LOGIN, MAIL, RCPT, DATA, TEXT, QUIT };

struct session {
	struct load_peer peer;
	enum step step;
	unsigned long message;
	double began;
	char in[LINE_MAX_OCTETS];
	size_t in_len;
};

struct load {
	int epfd;
	SSL_CTX *tls;
	const char *login;	/* the AUTH command; NULL: none */
	const char *from, *to;
	uint16_t port;
	unsigned long messages, started, done;
	unsigned long rate;	/* a second; 0: as fast as it goes */
	unsigned sessions, open, rcpts;
	unsigned long run;	/* makes message ids of this run its own */
	char *body;		/* ends with the final dot */
	size_t octets;
	double *took;
	double began, ended;
};

/* Lines of words, so that it compresses as text does. */
static char *
make_body(size_t octets)
{
	static const char *const words[] = { "the", "mail", "server",
		"meeting", "report", "please", "attached", "invoice",
		"project", "schedule", "regards", "quarter", "budget", "team",
		"review", "customer", "delivery", "update", "tomorrow",
		"contract", "number", "office", "signed", "draft", "version" };
	char *body = malloc(octets + 128);
	uint32_t seed = 12345;
	size_t n = 0, column = 0;

	if (!body)
		load_die("memory");
	while (n < octets) {
		const char *w = words[(seed >> 16) % 25];
		size_t len = strlen(w);

		seed = seed * 1103515245u + 12345u;
		if (column + len + 1 > 76) {
			memcpy(body + n, "\r\n", 2);
			n += 2;
			column = 0;
		}
		memcpy(body + n, w, len);
		n += len;
		body[n++] = ' ';
		column += len + 1;
	}
	memcpy(body + octets, "\r\n.\r\n", 6);
	return body;
}

static void
say_line(struct session *s, const char *line)
{
	load_say(&s->peer, line, strlen(line));
}

static void
connect_one(struct load *l, struct session *s)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET,
		.data.ptr = s };

	load_connect(&s->peer, l->port, l->tls);
	if (epoll_ctl(l->epfd, EPOLL_CTL_ADD, s->peer.fd, &ev) < 0)
		load_die("epoll");
	s->step = GREETING;
	l->open++;
}

/* All wait together: what they are held up by is a fraction of a message. */
static void
wait_turn(const struct load *l)
{
	double due = l->rate ? l->began + (double)l->started / (double)l->rate :
			       0;

	for (double t = load_now(); t < due; t = load_now())
		usleep((useconds_t)((due - t) * 1e6) + 1);
}

static void
begin_message(struct load *l, struct session *s)
{
	if (l->started == l->messages) {
		s->step = QUIT;
		say_line(s, "QUIT\r\n");
		return;
	}
	wait_turn(l);
	s->message = l->started++;
	s->began = load_now();
	s->step = MAIL;
	say_line(s, "MAIL FROM:<");
	say_line(s, l->from);
	say_line(s, ">\r\n");
}

static void
send_rcpt(struct load *l, struct session *s)
{
	char line[128];

	snprintf(line, sizeof(line), "RCPT TO:<u%03lu@%s>\r\n",
	    s->message % l->rcpts, l->to);
	s->step = RCPT;
	say_line(s, line);
}

static void
send_text(struct load *l, struct session *s)
{
	char text[1024], date[64];
	time_t t = time(NULL);
	struct tm tm;
	int n;
	size_t body;

	gmtime_r(&t, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", &tm);
	n = snprintf(text, sizeof(text),
	    "Message-ID: <%lx.%lu@sender.test>\r\n"
	    "Date: %s\r\n"
	    "From: \"Load Sender\" <%s>\r\n"
	    "To: \"A Recipient\" <u%03lu@%s>\r\n"
	    "Subject: load message %lu about the quarterly report\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=us-ascii\r\n\r\n",
	    l->run, s->message, date, l->from, s->message % l->rcpts, l->to,
	    s->message);
	if (n < 0 || (size_t)n + 2 >= l->octets)
		load_die("message too small for its header");
	body = l->octets - (size_t)n - 2;
	load_say(&s->peer, text, (size_t)n);
	/* The end of the body, so that it ends as it should. */
	say_line(s, l->body + (l->octets - body));
	s->step = TEXT;
}

static void
finish_message(struct load *l, struct session *s)
{
	l->ended = load_now();
	l->took[l->done++] = l->ended - s->began;
	begin_message(l, s);
}

static void
end_session(struct load *l, struct session *s)
{
	load_close(&s->peer);
	l->open--;
}

static void
on_reply(struct load *l, struct session *s, const char *line)
{
	if (line[0] != '2' && line[0] != '3') {
		fprintf(stderr, "smtpload: refused at step %d: %s\n",
		    (int)s->step, line);
		exit(1);
	}
	switch (s->step) {
	case GREETING:
		s->step = HELLO;
		say_line(s, "EHLO load.sender.test\r\n");
		break;
	case HELLO:
		if (l->login) {
			s->step = LOGIN;
			say_line(s, l->login);
			break;
		}
		begin_message(l, s);
		break;
	case LOGIN:
		begin_message(l, s);
		break;
	case MAIL:
		send_rcpt(l, s);
		break;
	case RCPT:
		s->step = DATA;
		say_line(s, "DATA\r\n");
		break;
	case DATA:
		send_text(l, s);
		break;
	case TEXT:
		finish_message(l, s);
		break;
	case QUIT:
		end_session(l, s);
		break;
	}
}

static bool
on_input(struct load *l, struct session *s)
{
	ssize_t r = load_receive(&s->peer, s->in + s->in_len,
	    sizeof(s->in) - s->in_len - 1);
	char *line = s->in, *end;

	if (r == 0)
		return false;
	s->in_len += (size_t)r;
	s->in[s->in_len] = 0;
	while ((end = strstr(line, "\r\n"))) {
		bool more = end - line > 3 && line[3] == '-';

		*end = 0;
		if (!more)
			on_reply(l, s, line);
		line = end + 2;
	}
	s->in_len -= (size_t)(line - s->in);
	memmove(s->in, line, s->in_len);
	return s->peer.fd >= 0;
}

static void
print_result(struct load *l)
{
	load_sort(l->took, l->done);
	printf("rate=%.1f p50_ms=%.3f p99_ms=%.3f\n",
	    (double)l->done / (l->ended - l->began),
	    l->took[l->done / 2] * 1000, l->took[l->done * 99 / 100] * 1000);
}

static void
set_login(struct load *l, const char *text)
{
	static char command[512];
	const char *colon = strchr(text, ':');
	unsigned char plain[256], coded[400];
	int n;

	if (!colon || strlen(text) + 2 > sizeof(plain)) {
		fprintf(stderr, "smtpload: --login USER:PASSWORD\n");
		exit(2);
	}
	n = snprintf((char *)plain + 1, sizeof(plain) - 1, "%s", text) + 1;
	plain[0] = plain[colon - text + 1] = 0;
	(void)EVP_EncodeBlock(coded, plain, n);
	(void)snprintf(command, sizeof(command), "AUTH PLAIN %s\r\n",
	    (char *)coded);
	l->login = command;
}

static int
options(struct load *l, int argc, char **argv)
{
	static const struct option table[] = {
		{ "tls", no_argument, NULL, 't' },
		{ "login", required_argument, NULL, 'l' },
		{ "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 'd' },
		{ "rate", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	l->from = "load@sender.test";
	l->to = "bench.test";
	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1)
		switch (c) {
		case 't':
			l->tls = SSL_CTX_new(TLS_client_method());
			break;
		case 'l':
			set_login(l, optarg);
			break;
		case 'f':
			l->from = optarg;
			break;
		case 'd':
			l->to = optarg;
			break;
		case 'r':
			l->rate = load_number(optarg, 1000000);
			break;
		default:
			return -1;
		}
	return argc - optind == 5 ? optind : -1;
}

int
main(int argc, char **argv)
{
	struct epoll_event events[EVENTS];
	struct session *sessions;
	struct load l = { 0 };
	int at = options(&l, argc, argv);

	if (at < 0) {
		fprintf(stderr, "usage: smtpload [--tls] "
		    "[--login USER:PASSWORD] [--from ADDRESS] [--to DOMAIN] "
		    "[--rate N] PORT SESSIONS MESSAGES OCTETS RCPTS\n");
		return 2;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	argv += at;
	l.port = (uint16_t)load_number(argv[0], 65535);
	l.sessions = (unsigned)load_number(argv[1], 10000);
	l.messages = load_number(argv[2], 100000000);
	l.octets = load_number(argv[3], 100000000);
	l.rcpts = (unsigned)load_number(argv[4], 1000);
	l.body = make_body(l.octets);
	l.took = calloc(l.messages, sizeof(*l.took));
	sessions = calloc(l.sessions, sizeof(*sessions));
	l.epfd = epoll_create1(EPOLL_CLOEXEC);
	l.run = (unsigned long)time(NULL) << 20 | (unsigned long)getpid();
	if (!l.took || !sessions || l.epfd < 0)
		load_die("start");
	l.began = load_now();
	for (unsigned i = 0; i < l.sessions; i++)
		connect_one(&l, &sessions[i]);
	while (l.open > 0) {
		int n = epoll_wait(l.epfd, events, EVENTS, 60000);

		if (n <= 0)
			load_die("no answer for a minute");
		for (int i = 0; i < n; i++)
			while (on_input(&l, events[i].data.ptr))
				;
	}
	print_result(&l);
	return 0;
}
