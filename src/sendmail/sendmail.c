/*
 * sendmail.c - sendmail as programs call it: a message on stdin, recipients
 * as arguments or in its header, an exit code of sysexits.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conf/conf.h"
#include "sendmail/crlf.h"
#include "sendmail/local.h"
#include "sendmail/sendmail_args.h"

enum {
	PIECE = 64 * 1024,
	HEADER_MAX = 1 << 20,
	SELF_MAX = 4000,
	ENVID_MAX = 100,	/* RFC 3461 4.4 */
};

static const char data_folder[] = "/var/lib/postern";
static const char config_file[] = "/etc/postern/postern.conf";

struct sendmail_request {
	struct sendmail_args o;
	int argc;
	char **argv;
};

/* ---- the text ------------------------------------------------------------ */

struct input {
	struct local *p;
	struct sendmail_request *r;
	struct crlf crlf;
	struct buf text;	/* with CRLFs, not handed on yet */
	char *room;		/* PIECE octets */
	bool end;
};

/* Some more of stdin. 0 or an exit code. */
static int
read_some(struct input *in)
{
	ssize_t n;

	do
		n = read(in->p->fd, in->room, PIECE);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return local_fail(in->p, LOCAL_NO_INPUT,
		    "cannot read the message: %m");
	crlf_feed(&in->crlf, str_make(in->room, (size_t)n), &in->text);
	if (n == 0)
		crlf_finish(&in->crlf, &in->text);
	in->end = n == 0 || in->crlf.done;
	return 0;
}

/* The header, and what of the body was read with it. */
static int
take_header(struct input *in, struct buf *header)
{
	struct local *p = in->p;
	struct err err = { 0 };
	size_t from, end, body;
	int code;

	while (!crlf_header(buf_get(&in->text), in->end, &from, &end,
	    &body)) {
		if (in->text.n > HEADER_MAX)
			return local_fail(p, LOCAL_DATA, "the header is "
			    "longer than %d octets", HEADER_MAX);
		if ((code = read_some(in)) != 0)
			return code;
	}
	if (submit_header_write(&p->header, str_from(str_first(
	    buf_get(&in->text), end), from), header, &err) < 0)
		return local_fail_err(p, &err);
	buf_eat(&in->text, body < in->text.n ? body : in->text.n);
	return 0;
}

static int
take_body(struct input *in)
{
	int code;

	for (;;) {
		if ((code = local_text(in->p, buf_get(&in->text))) != 0)
			return code;
		buf_reset(&in->text);
		if (in->end)
			return 0;
		if ((code = read_some(in)) != 0)
			return code;
	}
}

/* Those without a domain get the server's. */
static int
take_arguments(struct input *in)
{
	struct err err = { 0 };

	for (int i = in->r->o.first; i < in->r->argc; i++)
		if (submit_header_add_rcpts(&in->p->header,
		    str_c(in->r->argv[i]), &err) < 0)
			return local_fail_err(in->p, &err);
	return 0;
}

static int
take_message(struct input *in)
{
	auto_buf header = BUF_INIT(2 * HEADER_MAX);
	int code = local_open(in->p);

	if (code == 0)
		code = take_arguments(in);
	if (code == 0)
		code = take_header(in, &header);
	if (code == 0)
		code = local_envelope(in->p);
	if (code == 0)
		code = local_text(in->p, buf_get(&header));
	if (code == 0)
		code = take_body(in);
	return code ? code : local_finish(in->p);
}

/* A program that writes to us shall not die of it that we do not listen. */
static void
drain_stdin(struct input *in)
{
	while (!in->end && !isatty(in->p->fd) &&
	    read(in->p->fd, in->room, PIECE) > 0)
		;
}

static int
sendmail_deliver(struct local *p, void *arg)
{
	struct sendmail_request *r = arg;
	struct input in = { .p = p, .r = r,
		.crlf = { .dot_ends = !r->o.ignore_dot },
		.text = BUF_INIT(2 * HEADER_MAX),
		.room = arena_alloc(p->memory, PIECE) };
	int code = take_message(&in);

	if (code != 0)
		drain_stdin(&in);
	buf_free(&in.text);
	if (code == 0 && r->o.verbose)
		fprintf(stderr, "sendmail: queued as %llu\n",
		    (unsigned long long)p->message);
	return code;
}

/* ---- options ------------------------------------------------------------- */

/* xtext = *(xchar / hexchar)                                RFC 3461 4 */
static int
set_envid(struct local *p, const char *envid)
{
	auto_buf b = BUF_INIT(ENVID_MAX);

	for (const char *c = envid; *c; c++)
		if (*c > ' ' && *c < 0x7f && *c != '+' && *c != '=')
			buf_chr(&b, *c);
		else
			buf_printf(&b, "+%02X", (unsigned char)*c);
	if (buf_failed(&b))
		return local_fail(p, LOCAL_USAGE, "-V is too long");
	p->envid = str_dup(p->memory, buf_get(&b));
	return 0;
}

/* Of the server that is installed: what its configuration says, which may not
 * be for every user to read. */
static const char *
installed_data(struct local *p)
{
	struct err err = { 0 };
	struct str data;
	const char *path;

	if (conf_read_data(config_file, p->memory, &data, &err) < 0)
		return data_folder;
	path = str_dupz(p->memory, data);
	return access(path, F_OK) == 0 ? path : data_folder;
}

static int
find_data(struct local *p, const struct sendmail_args *o)
{
	struct err err = { 0 };
	struct config c;

	p->data = getenv("POSTERN_DATA");
	if (o->config) {
		if (conf_read(o->config, p->memory, &c, &err) < 0)
			return local_fail(p, 78, "%s", err.text);
		p->data = str_dupz(p->memory, c.data);
		p->compress = c.compress;
	} else if (!p->data || !p->data[0]) {
		p->data = installed_data(p);
	}
	return 0;
}

/* The queue is the operator's. `postern` is beside us, or in the bin of the
 * place where we are in libexec/postern. */
static int
ask_postern(struct local *p, const char *what, const char *verb)
{
	static const char *const places[] = { "", "/../../bin" };
	char *self = arena_alloc(p->memory, SELF_MAX);
	ssize_t n = readlink("/proc/self/exe", self, SELF_MAX);
	struct str here = str_make(self, n > 0 ? (size_t)n : 0);
	char *all = verb[0] == 'r' ? (char *)(uintptr_t)"--all" : NULL;

	if (faccessat(AT_FDCWD, str_dupz(p->memory, arena_printf(p->memory,
	    "%s/control", p->data)), R_OK | W_OK, AT_EACCESS) < 0)
		return local_fail(p, LOCAL_TEMPORARY, "%s is for the user who "
		    "runs the server in %s: %m", what, p->data);
	here = str_first(here, str_rchr(here, '/'));
	for (size_t i = 0; i < NELEM(places); i++) {
		char *path = str_dupz(p->memory, arena_printf(p->memory,
		    "%.*s%s/postern", STR_FMT(here), places[i]));
		const char *const args[] = { path, "queue", verb, "--data",
			p->data, all, NULL };

		(void)execv(path, (char *const *)(uintptr_t)args);
	}
	return local_fail(p, LOCAL_TEMPORARY, "postern is neither in %.*s nor "
	    "in its ../../bin", STR_FMT(here));
}

static const char usage[] =
    "usage: sendmail [-t] [-i] [-f ADDRESS] [-F NAME] [-v] [-C FILE]\n"
    "                [-N never|success,failure,delay] [-R full|hdrs] [-V ID]\n"
    "                [ADDRESS...] < MESSAGE\n"
    "       sendmail -bs | -bp | -q\n\n"
    "As programs call it: hands the message in to the running server, or\n"
    "speaks SMTP (-bs), lists the queue (-bp), tries all of it now (-q).\n"
    "sendmail, mailq and newaliases may be links to postern.\n\n"
    "  -t           recipients are those in To, Cc and Bcc, too\n"
    "  -i           a line with a dot alone is not the end\n"
    "  -f ADDRESS   the envelope's sender; <>: none\n"
    "  -F NAME      the full name for the From field\n"
    "  -C FILE      the server of this postern.conf; without it that of the\n"
    "               data folder $POSTERN_DATA, else that of\n"
    "               /etc/postern/postern.conf, or of /var/lib/postern\n"
    "  -v           say the message's number\n";

int
local_sendmail(struct local *p, int argc, char **argv)
{
	struct sendmail_request r = { .argc = argc, .argv = argv };
	struct sendmail_args *o = &r.o;
	struct err err = { 0 };
	int code;

	if (argc > 1 && str_eq(str_c(argv[1]), STR("--help")))
		return fputs(usage, stdout) < 0 ? LOCAL_USAGE : 0;
	if (sendmail_args_read(argc, argv, o, &err) < 0)
		return local_fail(p, LOCAL_USAGE, "%s", err.text);
	if ((code = find_data(p, o)) != 0 ||
	    (o->envid && (code = set_envid(p, o->envid)) != 0))
		return code;
	if (o->name)
		p->header.name = str_trim(str_c(o->name));
	p->header.to_header = o->to_header;
	p->sender = o->from;
	p->notify = o->notify;
	p->ret = o->ret;
	switch (o->mode) {
	case SENDMAIL_NOTHING: return 0;
	case SENDMAIL_LIST: return ask_postern(p, "the list of the queue",
	    "list");
	case SENDMAIL_RETRY: return ask_postern(p, "-q", "retry");
	case SENDMAIL_SMTP: return local_smtp(p);
	case SENDMAIL_DELIVER: break;
	}
	if (!o->to_header && o->first == argc)
		return local_fail(p, LOCAL_USAGE, "to whom? Recipients as "
		    "arguments, or -t for those in the header");
	return local_run(p, sendmail_deliver, &r);
}
