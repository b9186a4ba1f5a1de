/*
 * cmd_send.c - postern send: compose a message and hand it in.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sendmail/compose.h"
#include "sendmail/local.h"
#include "conf/find_config.h"

static const char usage[] =
    "usage: postern send [--from ADDRESS] [--subject TEXT] [--attach FILE]...\n"
    "                    [--json] ADDRESS... [< TEXT]\n\n"
    "Send a message with the text of stdin. Says the number it is known by:\n"
    "postern trace NUMBER.\n\n"
    "  --data DIR | --config FILE   which server; by default that of\n"
    "                               ./postern.conf, ./postern-data or\n"
    "                               /etc/postern/postern.conf\n";

enum { FILES_MAX = 64, TEXT_MAX = 64 << 20 };

struct send_request {
	const char *data, *config, *subject;
	bool json;
	struct compose_file files[FILES_MAX];
	size_t nfiles;
	char **to;
	int nto;
};

static int
attach_file(struct local *p, struct send_request *r, const char *path)
{
	struct str name = str_c(path);
	int fd;

	if (r->nfiles == FILES_MAX)
		return local_fail(p, 2, "at most %d files", FILES_MAX);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return local_fail(p, 1, "%s: %m", path);
	if (str_rchr(name, '/') < name.n)
		name = str_from(name, str_rchr(name, '/') + 1);
	r->files[r->nfiles++] = (struct compose_file){ name, fd };
	return 0;
}

static const struct option options[] = {
	{ "from", required_argument, NULL, 'f' },
	{ "subject", required_argument, NULL, 's' },
	{ "attach", required_argument, NULL, 'a' },
	{ "data", required_argument, NULL, 'd' },
	{ "config", required_argument, NULL, 'c' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int
wrong_words(const struct local *p)
{
	return local_fail(p, 2, "usage: postern send [OPTION...] ADDRESS...; "
	    "postern send --help says more");
}

/* -1, or the exit code. */
static int
read_options(struct local *p, struct send_request *r, int argc, char **argv)
{
	int letter, code = 0;

	opterr = 0;
	while (code == 0 &&
	    (letter = getopt_long(argc, argv, "h", options, NULL)) >= 0)
		switch (letter) {
		case 'f': p->sender = optarg; break;
		case 's': r->subject = optarg; break;
		case 'a': code = attach_file(p, r, optarg); break;
		case 'd': r->data = optarg; break;
		case 'c': r->config = optarg; break;
		case 'j': r->json = true; break;
		case 'h': fputs(usage, stdout); return 0;
		default: return wrong_words(p);
		}
	if (code == 0 && optind == argc)
		return wrong_words(p);
	r->to = argv + optind;
	r->nto = argc - optind;
	return code ? code : -1;
}

static int
read_text(struct local *p, struct buf *text)
{
	ssize_t n = 1;
	char *room;

	if (isatty(p->fd))
		fprintf(stderr, "The text, and Ctrl-D at its end:\n");
	while (n != 0) {
		room = buf_room(text, 64 * 1024);
		if (!room)
			return local_fail(p, 1, "the text is too long");
		n = read(p->fd, room, 64 * 1024);
		if (n < 0 && errno != EINTR)
			return local_fail(p, 1, "stdin: %m");
		buf_added(text, n > 0 ? (size_t)n : 0);
	}
	return 0;
}

static int
write_out(void *arg, struct str octets)
{
	return local_text(arg, octets);
}

/* The field's value; the name of the user only if it is the user's. */
static struct str
from_field(struct local *p)
{
	auto_buf b = BUF_INIT(4096);
	const struct submit_header *l = &p->header;

	if (p->sender)
		return compose_addresses(p->memory, str_c(p->sender));
	if (l->name.n > 0) {
		submit_header_put_phrase(&b, l->name);
		buf_lit(&b, " <");
	}
	buf_printf(&b, "%.*s@%.*s%s", STR_FMT(l->login), STR_FMT(l->domain),
	    l->name.n > 0 ? ">" : "");
	return str_dup(p->memory, buf_get(&b));
}

static int
take_recipients(struct local *p, struct send_request *r, struct str *to)
{
	auto_buf b = BUF_INIT(1 << 20);
	struct err err = { 0 };

	for (int i = 0; i < r->nto; i++) {
		if (submit_header_add_rcpts(&p->header, str_c(r->to[i]),
		    &err) < 0)
			return local_fail_err(p, &err);
		buf_printf(&b, "%s%s", i ? ", " : "", r->to[i]);
	}
	*to = compose_addresses(p->memory, buf_get(&b));
	return 0;
}

static int
put_received(struct local *p)
{
	auto_buf b = BUF_INIT(4096);

	submit_header_put_received(&p->header, &b);
	return local_text(p, buf_get(&b));
}

static int
hand_in(struct local *p, struct send_request *r, struct str text)
{
	struct compose c = { .header = &p->header, .text = text,
		.subject = str_c(r->subject), .files = r->files,
		.nfiles = r->nfiles, .out = write_out, .arg = p };
	int code = local_open(p);

	if (code == 0)
		code = take_recipients(p, r, &c.to);
	if (code == 0)
		code = local_envelope(p);
	if (code == 0)
		code = put_received(p);
	if (code != 0)
		return code;
	c.from = from_field(p);
	code = compose(&c);
	if (code < 0)
		return local_fail(p, LOCAL_DATA, "%s", code == E_LIMIT ?
		    "the message is too long" : "an attachment cannot be read");
	return code ? code : local_finish(p);
}

struct send_job {
	struct send_request *r;
	struct str text;
};

static int
send_message(struct local *p, void *arg)
{
	struct send_job *j = arg;

	return hand_in(p, j->r, j->text);
}

int
local_send(struct local *p, int argc, char **argv)
{
	static struct send_request r;
	struct config c;
	struct err err = { 0 };
	auto_buf text = BUF_INIT(TEXT_MAX);
	int code = read_options(p, &r, argc, argv);
	struct send_job job = { &r, STR_NULL };

	if (code >= 0)
		return code;
	if (find_config(p->memory, r.data, r.config, &c, &err) < 0)
		return local_fail(p, 1, "%s", err.text);
	p->data = str_dupz(p->memory, c.data);
	p->compress = c.compress;
	if ((code = read_text(p, &text)) != 0)
		return code;
	job.text = buf_get(&text);
	code = local_run(p, send_message, &job);
	if (code == 0)
		printf(r.json ? "{\"message\":%llu}\n" : "queued as %llu\n",
		    (unsigned long long)p->message);
	return code ? 1 : 0;
}
