#include "admin/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

#include "admin/backup_zstd.h"
#include "admin/table.h"

static const struct option all[] = {
	{ "data", required_argument, NULL, 'd' },
	{ "config", required_argument, NULL, 'c' },
	{ "json", no_argument, NULL, 'j' },
	{ "once", no_argument, NULL, 'o' },
	{ "yes", no_argument, NULL, 'y' },
	{ "password-stdin", no_argument, NULL, 'p' },
	{ "hash-stdin", no_argument, NULL, '#' },
	{ "day", required_argument, NULL, 'D' },
	{ "from", required_argument, NULL, 'F' },
	{ "port-offset", required_argument, NULL, 'P' },
	{ "sender", required_argument, NULL, 's' },
	{ "rcpt", required_argument, NULL, 'r' },
	{ "domain", required_argument, NULL, 'm' },
	{ "older", required_argument, NULL, 'O' },
	{ "held", no_argument, NULL, 'H' },
	{ "all", no_argument, NULL, 'A' },
	{ "repair", no_argument, NULL, 'R' },
	{ "dry-run", no_argument, NULL, 'N' },
	{ "forget", no_argument, NULL, 'G' },
	{ "force", no_argument, NULL, 'Z' },
	{ "unsigned", no_argument, NULL, 'U' },
	{ "relay", no_argument, NULL, 'V' },
	{ "algorithm", required_argument, NULL, '@' },
	{ "revoke", no_argument, NULL, '!' },
	{ "no-mail", no_argument, NULL, '~' },
	{ "days", required_argument, NULL, 'n' },
	{ "make-password", no_argument, NULL, 'M' },
	{ "deliver-outside", no_argument, NULL, 'X' },
	{ "junk", no_argument, NULL, 'J' },
	{ "hold", no_argument, NULL, 'b' },
	{ "for", required_argument, NULL, 'f' },
	{ "expires", required_argument, NULL, 'e' },
	{ "certificate", required_argument, NULL, '%' },
	{ "cram-md5", no_argument, NULL, '&' },
	{ "within", required_argument, NULL, 'W' },
	{ "keep", required_argument, NULL, 'K' },
	{ "compress", required_argument, NULL, 'z' },
	{ "without-key", no_argument, NULL, 'k' },
	{ "at", required_argument, NULL, 'a' },
	{ "imap", required_argument, NULL, 'I' },
	{ "user", required_argument, NULL, 'u' },
	{ "password-file", required_argument, NULL, 'w' },
	{ "trust", required_argument, NULL, 't' },
	{ "starttls", no_argument, NULL, 'S' },
	{ "plain", no_argument, NULL, 'L' },
	{ "mbox", no_argument, NULL, 'B' },
	{ "apart", no_argument, NULL, 'Q' },
	{ "into", required_argument, NULL, 'i' },
	{ "folder", required_argument, NULL, 'E' },
	{ "account", required_argument, NULL, 'C' },
	{ "scratch", required_argument, NULL, 'T' },
	{ "peer", required_argument, NULL, 'v' },
	{ "helo", required_argument, NULL, 'l' },
	{ "to", required_argument, NULL, 'g' },
	{ "reason", required_argument, NULL, 'x' },
	{ "at-door", required_argument, NULL, 'q' },
	{ "destination", required_argument, NULL, '7' },
	{ "recipient", required_argument, NULL, '8' },
	{ "without", required_argument, NULL, '9' },
	{ "priority", required_argument, NULL, '0' },
	{ "give-up", required_argument, NULL, '+' },
	{ "drop-queue", no_argument, NULL, 'Y' },
	{ "messages-per-hour", required_argument, NULL, '1' },
	{ "recipients-per-hour", required_argument, NULL, '2' },
	{ "messages-per-day", required_argument, NULL, '3' },
	{ "recipients-per-day", required_argument, NULL, '4' },
	{ "new-recipients-per-day", required_argument, NULL, '5' },
	{ "message-size", required_argument, NULL, '6' },
	{ "tls", required_argument, NULL, '=' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static bool wants_json;

void
options_note_json(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		wants_json |= str_eq(str_c(argv[i]), STR("--json"));
}

/* One line, with what others said escaped; as JSON if that was asked for. */
void
options_complain(const char *command, const char *text)
{
	auto_buf b = BUF_INIT(64 << 10);

	if (wants_json) {
		buf_lit(&b, "{\"error\":");
		json_string(&b, str_c(text));
		buf_lit(&b, ",\"command\":");
		json_string(&b, str_c(command));
		buf_chr(&b, '}');
	} else {
		buf_printf(&b, "postern %s: ", command);
		put_plain(&b, str_c(text));
	}
	fprintf(stderr, "%.*s\n", STR_FMT(buf_get(&b)));
}

static int options_fail(const char *command, const char *fmt, ...)
    printf_like(2, 3);

static int
options_fail(const char *command, const char *fmt, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	options_complain(command, text);
	return 2;
}

/* Is it one of "retry|hold|drop"? */
static bool
is_one_of(struct str verb, struct str token)
{
	struct str one;

	while (token.n > 0) {
		(void)str_cut(token, '|', &one, &token);
		if (str_eq(one, verb))
			return true;
	}
	return false;
}

const struct verb *
options_verb(const struct verb *verbs, int argc, char **argv, int n)
{
	for (const struct verb *v = verbs; v->name && n < argc; v++)
		if (str_eq(str_c(argv[n]), str_c(v->name)) &&
		    argc - n - 1 >= v->least && argc - n - 1 <= v->most)
			return v;
	return NULL;
}

int
options_wrong(int argc, char **argv, int n, const char *usage)
{
	struct str lines = str_c(usage), line, token, prefix, first = STR_NULL;
	struct str verb = n < argc ? str_c(argv[n]) : STR_NULL;
	char start[40];
	unsigned forms = 0;

	(void)snprintf(start, sizeof(start), "postern %s ", argv[0]);
	prefix = str_c(start);
	while (str_cut(lines, '\n', &line, &lines) && line.n > 0) {
		if (str_starts(line, STR("usage: ")))
			line = str_from(line, 7);
		line = str_trim(line);
		if (!str_starts(line, prefix))
			continue;
		first = forms++ == 0 ? line : first;
		token = str_from(line, prefix.n);
		token = str_first(token, str_chr(token, ' '));
		if (verb.n > 0 && is_one_of(verb, token))
			return options_fail(argv[0], "usage: %.*s",
			    STR_FMT(line));
	}
	if (forms == 1)
		return options_fail(argv[0], "usage: %.*s", STR_FMT(first));
	if (verb.n > 0)
		return options_fail(argv[0], "\"%.*s\" is not known, or not "
		    "with this; postern %s --help says more",
		    STR_FMT(str_first(verb, 60)), argv[0]);
	return options_fail(argv[0], "what? postern %s --help says more",
	    argv[0]);
}

/* And where there is more. */
static int
wrong_option(const char *command, const char *name, const char *why)
{
	(void)options_fail(command, "%s %s; postern %s --help says more",
	    name, why, command);
	return -1;
}

static int
not_taken(char *const *argv, int letter)
{
	char brief[] = { '-', (char)optopt, '\0' };
	const char *name = argv[optind - 1];

	if (name == optarg)
		name = argv[optind - 2];
	/* "-x", perhaps of several; not "--json=x". */
	else if (letter == '?' && optopt && !strchr(name, '='))
		name = brief;
	return wrong_option(argv[0], name, letter == ':' ?
	    "wants a value" : "is no option of it");
}

static bool
set_option(struct options *o, const char *command, int letter,
    const char *value)
{
	switch (letter) {
	case 'd': o->data = value; break;
	case 'c': o->config = value; break;
	case 'j': o->json = true; break;
	case 'o': o->once = true; break;
	case 'y': o->yes = true; break;
	case 'p': o->password_stdin = true; break;
	case '#': o->hash_stdin = true; break;
	case 'D': o->day = value; break;
	case 's': o->sender = value; break;
	case 'r': o->rcpt = value; break;
	case 'm': o->domain = value; break;
	case 'O': o->older = value; break;
	case 'W': o->within = value; break;
	case '7': o->destination = value; break;
	case '8': o->recipient = value; break;
	case '9': o->without = value; break;
	case '0': o->priority = value; break;
	case '+': o->give_up = value; break;
	case '=': o->tls = value; break;
	case 'H': o->held = true; break;
	case 'A': o->all = true; break;
	case 'U': o->unsigned_ = true; break;
	case 'V': o->relayed = true; break;
	case '@': o->algorithm = value; break;
	case '!': o->revoke = true; break;
	case '~': o->no_mail = true; break;
	case 'R': o->repair = true; break;
	case 'N': o->dry_run = true; break;
	case 'G': o->forget = true; break;
	case 'Z': o->force = true; break;
	case 'M': o->make_password = true; break;
	case 'X': o->deliver_outside = true; break;
	case 'J': o->junk = true; break;
	case 'b': o->hold = true; break;
	case 'f': o->services = value; break;
	case 'e': o->expires = value; break;
	case '%': o->certificate = value; break;
	case '&': o->cram_md5 = true; break;
	case 'k': o->without_key = true; break;
	case 'a': o->at = value; break;
	case 'K':
		if (str_u32(str_c(value), &o->keep) && o->keep > 0 &&
		    o->keep <= 10000)
			break;
		(void)options_fail(command, "--keep wants a number from 1 to "
		    "10000, not \"%s\"", value);
		return false;
	case 'z':
		if (str_u32(str_c(value), &o->level) && o->level > 0 &&
		    o->level <= BACKUP_LEVEL_MAX)
			break;
		(void)options_fail(command, "--compress wants a number from 1 "
		    "to %d, not \"%s\"", BACKUP_LEVEL_MAX, value);
		return false;
	case 'B': o->mbox = true; break;
	case 'I': o->imap = value; break;
	case 'u': o->user = value; break;
	case 'w': o->password_file = value; break;
	case 't': o->trust = value; break;
	case 'S': o->starttls = true; break;
	case 'L': o->plain = true; break;
	case 'i': o->into = value; break;
	case 'Q': o->apart = true; break;
	case 'E': o->folder = value; break;
	case 'C': o->account = value; break;
	case 'T': o->scratch = value; break;
	case 'v': o->peer = value; break;
	case 'l': o->helo = value; break;
	case 'g': o->to = value; break;
	case 'n':
		if (str_u32(str_c(value), &o->days) && o->days > 0 &&
		    o->days <= 3660)
			break;
		(void)options_fail(command, "--days wants a number from 1 to "
		    "3660, not \"%s\"", value);
		return false;
	case 'x': o->reason = value; break;
	case 'q': o->door = value; break;
	case 'Y': o->drop_queue = true; break;
	case '1': case '2': case '3': case '4': case '5': case '6':
		o->limit[letter - '1'] = value;
		break;
	case 'F': o->from = value; break;
	case 'P':
		if (str_u32(str_c(value), &o->port_offset) &&
		    o->port_offset <= 60000)
			break;
		(void)options_fail(command, "--port-offset wants a number up "
		    "to 60000, not \"%s\"", value);
		return false;
	}
	return true;
}

int
options_read(struct options *o, int argc, char **argv, const char *usage,
    const char *takes)
{
	int letter;

	o->port_offset = 1000;
	o->days = 7;
	o->keep = 7;
	o->code = 2;
	if (strchr(takes, 'j'))
		options_note_json(argc, argv);
	optind = 1;
	opterr = 0;
	while ((letter = getopt_long(argc, argv, ":h", all, NULL)) >= 0) {
		if (letter == 'h') {
			fputs(usage, stdout);
			o->code = 0;
			return -1;
		}
		if (!memchr(takes, letter, strlen(takes)))
			return not_taken(argv, letter);
		if (!set_option(o, argv[0], letter, optarg))
			return -1;
	}
	return optind;
}
