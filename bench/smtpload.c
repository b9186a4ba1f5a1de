/*
 * smtpload.c - many SMTP sessions from one thread, for the benchmarks.
 *
 * usage: smtpload [--tls] [--login USER:PASSWORD] [--from ADDRESS]
 *                 [--to DOMAIN] PORT SESSIONS MESSAGES OCTETS RCPTS
 *
 * Sends MESSAGES messages of OCTETS octets over SESSIONS connections that are
 * used again and again, waiting for each answer as a plain client does.
 * Message i goes to u<i mod RCPTS>@bench.test (or of DOMAIN). --tls is from
 * the first octet and trusts anybody; --login is AUTH PLAIN. Prints one line:
 * messages a second up to the last 250, and the 50th and 99th percentile of a
 * transaction's time in ms. Exits 1 at the first refusal.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

enum { LINE_MAX_OCTETS = 4096, EVENTS = 32 };

/* What the next reply answers. */
enum step { GREETING, HELLO, LOGIN, MAIL, RCPT, DATA, TEXT, QUIT };

struct session {
	int fd;
	SSL *ssl;		/* NULL: in clear */
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
	unsigned sessions, open, rcpts;
	unsigned long run;	/* makes message ids of this run its own */
	char *body;		/* ends with the final dot */
	size_t octets;
	double *took;
	double began, ended;
};

static void
die(const char *what)
{
	fprintf(stderr, "smtpload: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

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
		die("memory");
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

/* Loopback takes what we send in one go; what it does not is waited for. */
static void
say(struct session *s, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t r = s->ssl ? SSL_write(s->ssl, p, (int)n) :
				     send(s->fd, p, n, MSG_NOSIGNAL);

		if (s->ssl && r <= 0) {
			if (SSL_get_error(s->ssl, (int)r) !=
			    SSL_ERROR_WANT_WRITE)
				die("send over TLS");
			usleep(100);
			continue;
		}
		if (r < 0 && errno == EAGAIN) {
			usleep(100);
			continue;
		}
		if (r < 0)
			die("send");
		p += r;
		n -= (size_t)r;
	}
}

static void
say_line(struct session *s, const char *line)
{
	say(s, line, strlen(line));
}

static void
connect_one(struct load *l, struct session *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(l->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET,
		.data.ptr = s };
	int one = 1;

	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || connect(s->fd, (void *)&a, sizeof(a)) < 0)
		die("connect");
	(void)setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (l->tls) {
		s->ssl = SSL_new(l->tls);
		if (!s->ssl || SSL_set_fd(s->ssl, s->fd) != 1 ||
		    SSL_connect(s->ssl) != 1)
			die("TLS");
	}
	(void)fcntl(s->fd, F_SETFL, O_NONBLOCK);
	if (epoll_ctl(l->epfd, EPOLL_CTL_ADD, s->fd, &ev) < 0)
		die("epoll");
	s->step = GREETING;
	l->open++;
}

static void
begin_message(struct load *l, struct session *s)
{
	if (l->started == l->messages) {
		s->step = QUIT;
		say_line(s, "QUIT\r\n");
		return;
	}
	s->message = l->started++;
	s->began = now();
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
		die("message too small for its header");
	body = l->octets - (size_t)n - 2;
	say(s, text, (size_t)n);
	/* The end of the body, so that it ends as it should. */
	say_line(s, l->body + (l->octets - body));
	s->step = TEXT;
}

static void
finish_message(struct load *l, struct session *s)
{
	l->ended = now();
	l->took[l->done++] = l->ended - s->began;
	begin_message(l, s);
}

static void
end_session(struct load *l, struct session *s)
{
	SSL_free(s->ssl);
	s->ssl = NULL;
	close(s->fd);
	s->fd = -1;
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

/* What there is now; 0 when that is nothing. */
static ssize_t
receive(struct session *s)
{
	size_t room = sizeof(s->in) - s->in_len - 1;
	ssize_t r;

	if (s->ssl) {
		r = SSL_read(s->ssl, s->in + s->in_len, (int)room);
		if (r <= 0 && SSL_get_error(s->ssl, (int)r) ==
		    SSL_ERROR_WANT_READ)
			return 0;
	} else {
		r = recv(s->fd, s->in + s->in_len, room, 0);
		if (r < 0 && errno == EAGAIN)
			return 0;
	}
	if (r <= 0)
		die("connection lost");
	return r;
}

static bool
on_input(struct load *l, struct session *s)
{
	ssize_t r = receive(s);
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
	return s->fd >= 0;
}

static int
by_time(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print_result(struct load *l)
{
	qsort(l->took, l->done, sizeof(*l->took), by_time);
	printf("rate=%.1f p50_ms=%.3f p99_ms=%.3f\n",
	    (double)l->done / (l->ended - l->began),
	    l->took[l->done / 2] * 1000, l->took[l->done * 99 / 100] * 1000);
}

static unsigned long
number(const char *text, unsigned long max)
{
	uint64_t n;

	if (!str_u64(str_c(text), &n) || n == 0 || n > max) {
		fprintf(stderr, "smtpload: bad number %s\n", text);
		exit(2);
	}
	return n;
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
		    "PORT SESSIONS MESSAGES OCTETS RCPTS\n");
		return 2;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	argv += at;
	l.port = (uint16_t)number(argv[0], 65535);
	l.sessions = (unsigned)number(argv[1], 10000);
	l.messages = number(argv[2], 100000000);
	l.octets = number(argv[3], 100000000);
	l.rcpts = (unsigned)number(argv[4], 1000);
	l.body = make_body(l.octets);
	l.took = calloc(l.messages, sizeof(*l.took));
	sessions = calloc(l.sessions, sizeof(*sessions));
	l.epfd = epoll_create1(EPOLL_CLOEXEC);
	l.run = (unsigned long)time(NULL) << 20 | (unsigned long)getpid();
	if (!l.took || !sessions || l.epfd < 0)
		die("start");
	l.began = now();
	for (unsigned i = 0; i < l.sessions; i++)
		connect_one(&l, &sessions[i]);
	while (l.open > 0) {
		int n = epoll_wait(l.epfd, events, EVENTS, 60000);

		if (n <= 0)
			die("no answer for a minute");
		for (int i = 0; i < n; i++)
			while (on_input(&l, events[i].data.ptr))
				;
	}
	print_result(&l);
	return 0;
}
