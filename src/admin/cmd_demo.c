/*
 * postern demo: a whole mail system on loopback, with two people, and a first
 * message that really goes from one to the other.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "admin/demo_client.h"
#include "admin/launch.h"
#include "admin/operator.h"
#include "base/b64.h"
#include "base/timetext.h"
#include "conf/conf.h"
#include "conf/data_folder.h"

#define DOMAIN "example.test"
#define HOST "mail." DOMAIN
#define ALICE "alice@" DOMAIN
#define BOB "bob@" DOMAIN
#define PASSWORD "postern-demo"

static const char usage[] =
    "usage: postern demo [--data DIR] [--once] [--port-offset N]\n"
    "                    [--deliver-outside]\n\n"
    "A private mail system for " DOMAIN " on loopback, with\n"
    ALICE " and " BOB ", password " PASSWORD ".\n"
    "It sends a first message, shows how, and stays until Ctrl-C. Mail to\n"
    "anybody else lands in the mailbox of " ALICE ", whoever\n"
    "sent it: nothing leaves, and what a program sends can be looked at.\n\n"
    "  --data DIR        where the mail is kept (postern-demo)\n"
    "  --once            end after the first message; 0 if all of it worked\n"
    "  --port-offset N   ports are the standard ones plus N (1000)\n"
    "  --deliver-outside as a server in the world: mail to others leaves by\n"
    "                    MX, people write under their own names only, and\n"
    "                    log in inside TLS only\n";

enum { SELF_MAX = 4000 };
enum service { SMTP, SUBMISSIONS, SUBMISSION, SUBMISSION_2, IMAP, IMAPS,
	POP3, POP3S, HTTP, HTTPS, SERVICES };

struct demo {
	struct admin *a;
	struct options o;
	struct config config;
	struct str data;
	int folder;
	uint32_t ports[SERVICES];
	pid_t master;
	struct str trusted;	/* the demo's certificate, PEM */
	struct str message_id;
};

/* A demonstration on somebody's machine writes to no strangers: alice gets all
 * that would leave, and the relay, should it find something of yesterday, has
 * nowhere to go. */
static void
send_nowhere(struct demo *d)
{
	static const struct route_conf all = { .match = STR("*"),
		.refuse = STR("this is a demonstration: it sends no mail to "
			"other domains than " DOMAIN) };
	auto_buf b = BUF_INIT(1000);

	if (d->o.deliver_outside)
		return;
	msg_put(&b, &route_conf_shape, &all);
	d->config.divert = STR(ALICE);
	d->config.routes = str_dup(d->a->memory, buf_get(&b));
}

static void
configure(struct demo *d)
{
	static const struct {
		enum listen_kind kind;
		uint32_t port;
		enum listen_tls tls;	/* while nothing leaves */
	} services[SERVICES] = {
		[SMTP] = { LISTEN_SMTP, 25, LISTEN_TLS_NONE },
		[SUBMISSIONS] = { LISTEN_SUBMISSIONS, 465, LISTEN_TLS_LOGIN },
		[SUBMISSION] = { LISTEN_SUBMISSION, 587, LISTEN_TLS_MAY },
		[SUBMISSION_2] = { LISTEN_SUBMISSION, 1525, LISTEN_TLS_NONE },
		[IMAP] = { LISTEN_IMAP, 143, LISTEN_TLS_MAY },
		[IMAPS] = { LISTEN_IMAPS, 993, LISTEN_TLS_LOGIN },
		[POP3] = { LISTEN_POP3, 110, LISTEN_TLS_MAY },
		[POP3S] = { LISTEN_POP3S, 995, LISTEN_TLS_LOGIN },
		[HTTP] = { LISTEN_HTTP, 7080, LISTEN_TLS_MAY },
		[HTTPS] = { LISTEN_HTTPS, 7443, LISTEN_TLS_LOGIN },
	};
	struct conf_listen listen[SERVICES];

	conf_defaults(d->a->memory, &d->config);
	d->config.hostname = STR(HOST);
	d->config.data = d->data;
	for (size_t i = 0; i < SERVICES; i++) {
		d->ports[i] = services[i].port + d->o.port_offset;
		listen[i] = (struct conf_listen){ services[i].kind,
			"localhost", d->ports[i], d->o.deliver_outside ?
			LISTEN_TLS_LOGIN : services[i].tls };
	}
	conf_listen(d->a->memory, &d->config, listen, SERVICES);
	send_nowhere(d);
}

static int
start_master(struct demo *d, struct err *err)
{
	struct serve s = { .config = &d->config, .tell_fd = -1,
		.make_data = true };
	struct data_folder f;
	int rc;

	if (data_folder_open(str_dupz(d->a->memory, d->data),
	    DATA_FOLDER_MAKE, &f, err) < 0)
		return err->code;
	d->folder = f.fd;
	if (f.made)
		printf("Made the folder %.*s\n", STR_FMT(d->data));
	s.log_fd = openat(f.fd, "log", O_WRONLY | O_CREAT | O_APPEND |
	    O_NOFOLLOW | O_CLOEXEC, 0600);
	if (s.log_fd < 0)
		return err_sys(err, E_IO, "open log in %.*s",
		    STR_FMT(d->data));
	rc = launch_start(d->a->memory, &s, &d->master, err);
	(void)close(s.log_fd);
	if (rc < 0)
		d->master = 0;
	return rc;
}

/* A second start finds all of this already. */
static int
add_person(struct demo *d, struct operator *op, const char *address,
    struct err *err)
{
	struct seal_password_ask seal = { str_c(address), STR(PASSWORD) };
	struct seal_password_answer sealed;
	struct account_add_ask ask = { .address = str_c(address) };
	struct account_add_answer answer;
	int rc;

	(void)d;
	rc = operator_vault(op, VAULT_seal_password, &seal, &sealed, err);
	if (rc < 0)
		return rc;
	ask.change = operator_change(op);
	ask.sealed = sealed.sealed;
	rc = operator_store(op, STORE_account_add, &ask, &answer, err);
	return rc == E_EXISTS ? 0 : rc;
}

static int
write_certificate(struct demo *d, struct err *err)
{
	int fd = openat(d->folder, "certificate.pem", O_WRONLY | O_CREAT |
	    O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	ssize_t n;

	if (fd < 0)
		return err_sys(err, E_IO, "open certificate.pem in %.*s",
		    STR_FMT(d->data));
	n = write(fd, d->trusted.p, d->trusted.n);
	(void)close(fd);
	return n == (ssize_t)d->trusted.n ? 0 :
	    err_sys(err, E_IO, "write certificate.pem in %.*s",
		STR_FMT(d->data));
}

static int
furnish_with(struct demo *d, struct operator *op, struct err *err)
{
	struct domain_add_ask domain = { operator_change(op), STR(DOMAIN) };
	struct certs_ask which = { 0 };
	struct certs_answer cert;
	struct done done;
	int rc = operator_store(op, STORE_domain_add, &domain, &done, err);

	if (rc < 0 && rc != E_EXISTS)
		return rc;
	if (add_person(d, op, ALICE, err) < 0 ||
	    add_person(d, op, BOB, err) < 0 ||
	    operator_vault(op, VAULT_certs, &which, &cert, err) < 0)
		return err->code;
	d->trusted = cert.chain_pem;
	return write_certificate(d, err);
}

static int
furnish(struct demo *d, struct err *err)
{
	struct options o = { .data = str_dupz(d->a->memory, d->data) };
	struct operator *op;
	int rc;

	if (operator_open(d->a, &o, &op, err) < 0)
		return err->code;
	rc = furnish_with(d, op, err);
	operator_close(op);
	return rc;
}

/* The first message ----------------------------------------------------- */

static int
say_message(struct demo *d, struct demo_client *g, struct err *err)
{
	auto_buf date = BUF_INIT(100);

	time_rfc5322(&date, (int64_t)time(NULL));
	buf_chr(&date, '\0');
	if (demo_say(g, NULL, err, "From: Alice <%s>", ALICE) < 0 ||
	    demo_say(g, NULL, err, "To: Bob <%s>", BOB) < 0 ||
	    demo_say(g, NULL, err, "Subject: The gate is open") < 0 ||
	    demo_say(g, NULL, err, "Date: %s", date.p) < 0 ||
	    demo_say(g, NULL, err, "Message-ID: %.*s",
		STR_FMT(d->message_id)) < 0 ||
	    demo_say(g, NULL, err, "%s", "") < 0 ||
	    demo_say(g, NULL, err, "Dear Bob, this came through the small "
		"gate in the big wall.") < 0)
		return err->code;
	return demo_say(g, NULL, err, ".");
}

static int
submit(struct demo *d, struct demo_client *g, struct err *err)
{
	static const char plain[] = "\0" ALICE "\0" PASSWORD;
	auto_buf b = BUF_INIT(400);

	b64_put(&b, str_make(plain, sizeof(plain) - 1));
	buf_chr(&b, '\0');
	if (demo_reply(g, "220", err) < 0 ||
	    demo_say(g, NULL, err, "EHLO demo." DOMAIN) < 0 ||
	    demo_reply(g, "250", err) < 0 ||
	    demo_say(g, "AUTH PLAIN (" ALICE " and her password)", err,
		"AUTH PLAIN %s", b.p) < 0 ||
	    demo_reply(g, "235", err) < 0 ||
	    demo_say(g, NULL, err, "MAIL FROM:<" ALICE ">") < 0 ||
	    demo_reply(g, "250", err) < 0 ||
	    demo_say(g, NULL, err, "RCPT TO:<" BOB ">") < 0 ||
	    demo_reply(g, "250", err) < 0 ||
	    demo_say(g, NULL, err, "DATA") < 0 ||
	    demo_reply(g, "354", err) < 0 ||
	    say_message(d, g, err) < 0 || demo_reply(g, "250", err) < 0 ||
	    demo_say(g, NULL, err, "QUIT") < 0)
		return err->code;
	return demo_reply(g, "221", err);
}

/* "* 3 EXISTS" */
static bool
find_exists(struct str heard, uint32_t *n)
{
	struct str line, number, word;

	while (heard.n > 0) {
		(void)str_cut(heard, '\n', &line, &heard);
		if (str_starts(line, STR("* ")) &&
		    str_cut(str_from(line, 2), ' ', &number, &word) &&
		    str_eqi(str_trim(word), STR("EXISTS")))
			return str_u32(number, n);
	}
	return false;
}

static int
check_message(struct demo *d, struct str heard, struct err *err)
{
	if (str_find(heard, d->message_id) == heard.n ||
	    str_find(heard, STR("Dear Bob, this came through")) == heard.n)
		return err_set(err, E_NOTFOUND, "the newest message in bob's "
		    "INBOX is not the one that was sent");
	return 0;
}

static int
read_back(struct demo *d, struct demo_client *g, struct err *err)
{
	uint32_t exists = 0;

	if (demo_greeting(g, "* OK", err) < 0 ||
	    demo_say(g, "a1 LOGIN " BOB " (his password)", err,
		"a1 LOGIN " BOB " " PASSWORD) < 0 ||
	    demo_tagged(g, "a1", err) < 0 ||
	    demo_say(g, NULL, err, "a2 SELECT INBOX") < 0 ||
	    demo_tagged(g, "a2", err) < 0)
		return err->code;
	if (!find_exists(demo_heard(g), &exists) || exists == 0)
		return err_set(err, E_NOTFOUND, "bob's INBOX is empty");
	if (demo_say(g, NULL, err, "a3 FETCH %u (UID FLAGS RFC822.SIZE "
		"BODY.PEEK[])", exists) < 0 ||
	    demo_tagged(g, "a3", err) < 0 ||
	    check_message(d, demo_heard(g), err) < 0 ||
	    demo_say(g, NULL, err, "a4 LOGOUT") < 0)
		return err->code;
	return demo_tagged(g, "a4", err);
}

static int
converse(struct demo *d, enum service service, const char *what,
    int (*fn)(struct demo *, struct demo_client *, struct err *),
    struct err *err)
{
	struct demo_client *g = NULL;
	int rc;

	printf("\n%s (port %u)\n", what, d->ports[service]);
	rc = demo_open(d->ports[service], HOST, d->trusted, &g, err);
	if (rc == 0)
		rc = fn(d, g, err);
	demo_close(g);
	return rc;
}

static int
first_message(struct demo *d, struct err *err)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	d->message_id = arena_printf(d->a->memory, "<%llx.%lx.%x@" HOST ">",
	    (unsigned long long)now.tv_sec, (unsigned long)now.tv_nsec,
	    (unsigned)getpid());
	if (converse(d, SUBMISSIONS, "Alice sends a message: submission",
		submit, err) < 0)
		return err->code;
	return converse(d, IMAPS, "Bob reads it: IMAP", read_back, err);
}

/* Around it ------------------------------------------------------------- */

/* In quotes, for a shell. */
static struct str
shell_word(const struct demo *d, struct str s)
{
	auto_buf b = BUF_INIT(3 * 4096);

	if (str_chr(s, '\'') == s.n && str_chr(s, ' ') == s.n)
		return s;
	buf_chr(&b, '\'');
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\'')
			buf_lit(&b, "'\\''");
		else
			buf_chr(&b, s.p[i]);
	buf_chr(&b, '\'');
	return str_dup(d->a->memory, buf_get(&b));
}

static void
show_outside(const struct demo *d)
{
	printf("Mail to other domains than theirs leaves by MX.\n\n"
	       "  read     IMAP         port %u  TLS\n"
	       "           IMAP         port %u  STARTTLS\n"
	       "  fetch    POP3         port %u  TLS\n"
	       "           POP3         port %u  STARTTLS\n"
	       "  by HTTP  HTTPS        port %u  TLS\n"
	       "  write    submission   port %u  TLS\n"
	       "           submission   port %u  STARTTLS (also %u)\n"
	       "  receive  SMTP         port %u  as other servers do\n\n",
	    d->ports[IMAPS], d->ports[IMAP], d->ports[POP3S],
	    d->ports[POP3], d->ports[HTTPS], d->ports[SUBMISSIONS],
	    d->ports[SUBMISSION], d->ports[SUBMISSION_2], d->ports[SMTP]);
}

/* What a program sends to anybody, and where to look at it. */
static void
show_inside(const struct demo *d)
{
	char *self = arena_alloc(d->a->memory, SELF_MAX);
	ssize_t n = readlink("/proc/self/exe", self, SELF_MAX);
	struct str postern = shell_word(d, n > 0 ?
	    str_make(self, (size_t)n) : STR("postern"));
	struct str data = shell_word(d, d->data);

	printf("\n"
	       "  read     IMAP         port %u  TLS\n"
	       "           IMAP         port %u  STARTTLS, or without TLS\n"
	       "  fetch    POP3         port %u  TLS\n"
	       "           POP3         port %u  STARTTLS, or without TLS\n"
	       "  by HTTP  HTTPS        port %u  TLS\n"
	       "           HTTP         port %u  without TLS\n"
	       "  write    submission   port %u  TLS\n"
	       "           submission   port %u  STARTTLS, or without TLS\n"
	       "           submission   port %u  without TLS\n"
	       "  receive  SMTP         port %u  no login, no TLS\n\n",
	    d->ports[IMAPS], d->ports[IMAP], d->ports[POP3S],
	    d->ports[POP3], d->ports[HTTPS], d->ports[HTTP],
	    d->ports[SUBMISSIONS], d->ports[SUBMISSION],
	    d->ports[SUBMISSION_2], d->ports[SMTP]);
	printf("What a program sends to port %u or %u, from and to anybody, "
	       "or with\n"
	       "  POSTERN_DATA=%.*s %.*s sendmail -t\n"
	       "lands with alice (what is bob's, with bob); nothing leaves. "
	       "The newest:\n"
	       "  curl -s -u " ALICE ":" PASSWORD
	       " 'imap://127.0.0.1:%u/INBOX;MAILINDEX=*'\n"
	       "What happened to each message:\n"
	       "  %.*s journal --data %.*s\n\n",
	    d->ports[SMTP], d->ports[SUBMISSION_2], STR_FMT(data),
	    STR_FMT(postern), d->ports[IMAP], STR_FMT(postern),
	    STR_FMT(data));
}

static void
show_ports(const struct demo *d)
{
	bool tls = d->o.deliver_outside;

	printf("\nRead and write in a browser: http%s://127.0.0.1:%u/\n"
	       "Or point a mail program at it: host 127.0.0.1.\n"
	       "The user is %s or %s, the password %s.\n", tls ? "s" : "",
	    d->ports[tls ? HTTPS : HTTP], ALICE, BOB, PASSWORD);
	if (tls)
		show_outside(d);
	else
		show_inside(d);
	printf("The certificate to trust: %.*s/certificate.pem\n"
	       "The log:                  %.*s/log\n", STR_FMT(d->data),
	    STR_FMT(d->data));
}

static void
own_signals(sigset_t *set)
{
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(set);
	(void)sigaddset(set, SIGINT);
	(void)sigaddset(set, SIGTERM);
	(void)sigaddset(set, SIGHUP);
	(void)sigaddset(set, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, set, NULL);
}

/* Until somebody wants us to stop, or the server has gone: E_PEER. */
static int
stay(struct demo *d, const sigset_t *set, struct err *err)
{
	int status, signo;

	printf("\nServing until Ctrl-C.\n");
	(void)fflush(stdout);
	for (;;) {
		if (sigwait(set, &signo) != 0)
			continue;
		if (signo != SIGCHLD)
			return 0;
		if (waitpid(d->master, &status, WNOHANG) == d->master) {
			d->master = 0;
			return err_set(err, E_PEER, "the server has ended; "
			    "its log is in %.*s/log", STR_FMT(d->data));
		}
	}
}

static int
demonstrate(struct demo *d, const sigset_t *set, struct err *err)
{
	printf("Postern " POSTERN_VERSION ": a mail system for " DOMAIN
	       " in %.*s\n", STR_FMT(d->data));
	if (start_master(d, err) < 0 || furnish(d, err) < 0 ||
	    first_message(d, err) < 0)
		return err->code;
	printf("\nIt went through: sent, stored, synced and read back.\n");
	if (d->o.once)
		return 0;
	show_ports(d);
	return stay(d, set, err);
}

int
cmd_demo(struct admin *a, int argc, char **argv)
{
	struct demo *d = arena_new_of(a->memory, struct demo);
	struct err err = { 0 };
	sigset_t set;
	int n, rc;

	*d = (struct demo){ .a = a, .folder = -1 };
	n = options_read(&d->o, argc, argv, usage,
	    "data once port-offset deliver-outside");
	if (n < 0)
		return d->o.code;
	if (n != argc)
		return options_wrong(argc, argv, n, usage);
	d->data = conf_path(a->memory, conf_here(a->memory),
	    d->o.data ? d->o.data : "postern-demo");
	configure(d);
	own_signals(&set);
	rc = demonstrate(d, &set, &err);
	(void)fflush(stdout);
	if (d->folder >= 0)
		(void)close(d->folder);
	if (d->master > 0 && launch_stop(d->master) != 0 && rc == 0)
		rc = err_set(&err, E_IO, "the server did not end in order");
	if (rc == 0)
		return 0;
	if (str_find(str_c(err.text), STR("is in use")) < strlen(err.text))
		return admin_fail("demo", "%s; end it, or choose other ports "
		    "with --port-offset", err.text);
	return admin_fail("demo", "%s", err.text);
}
