#include "admin/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

#include "admin/backup_zstd.h"
#include "admin/table.h"

enum { LONG = 1 };	/* what getopt says of each of them */

#define AT(field) offsetof(struct options, field)

/* Each stands in whichever commands take it. */
static const struct row {
	const char *name;
	enum { FLAG, TEXT, NUMBER } kind;
	size_t at;		/* in struct options */
	uint32_t least, most;	/* of a number */
} rows[] = {
	{ "data", TEXT, AT(data) },
	{ "config", TEXT, AT(config) },
	{ "json", FLAG, AT(json) },
	{ "once", FLAG, AT(once) },
	{ "yes", FLAG, AT(yes) },
	{ "password-stdin", FLAG, AT(password_stdin) },
	{ "hash-stdin", FLAG, AT(hash_stdin) },
	{ "day", TEXT, AT(day) },
	{ "from", TEXT, AT(from) },
	{ "port-offset", NUMBER, AT(port_offset), 0, 60000 },
	{ "sender", TEXT, AT(sender) },
	{ "rcpt", TEXT, AT(rcpt) },
	{ "domain", TEXT, AT(domain) },
	{ "older", TEXT, AT(older) },
	{ "held", FLAG, AT(held) },
	{ "all", FLAG, AT(all) },
	{ "repair", FLAG, AT(repair) },
	{ "dry-run", FLAG, AT(dry_run) },
	{ "forget", FLAG, AT(forget) },
	{ "force", FLAG, AT(force) },
	{ "unsigned", FLAG, AT(unsigned_) },
	{ "relay", FLAG, AT(relayed) },
	{ "algorithm", TEXT, AT(algorithm) },
	{ "revoke", FLAG, AT(revoke) },
	{ "no-mail", FLAG, AT(no_mail) },
	{ "days", NUMBER, AT(days), 1, 3660 },
	{ "make-password", FLAG, AT(make_password) },
	{ "deliver-outside", FLAG, AT(deliver_outside) },
	{ "junk", FLAG, AT(junk) },
	{ "hold", FLAG, AT(hold) },
	{ "for", TEXT, AT(services) },
	{ "expires", TEXT, AT(expires) },
	{ "certificate", TEXT, AT(certificate) },
	{ "cram-md5", FLAG, AT(cram_md5) },
	{ "within", TEXT, AT(within) },
	{ "keep", NUMBER, AT(keep), 1, 10000 },
	{ "compress", NUMBER, AT(level), 1, BACKUP_LEVEL_MAX },
	{ "without-key", FLAG, AT(without_key) },
	{ "at", TEXT, AT(at) },
	{ "imap", TEXT, AT(imap) },
	{ "user", TEXT, AT(user) },
	{ "password-file", TEXT, AT(password_file) },
	{ "trust", TEXT, AT(trust) },
	{ "starttls", FLAG, AT(starttls) },
	{ "plain", FLAG, AT(plain) },
	{ "mbox", FLAG, AT(mbox) },
	{ "apart", FLAG, AT(apart) },
	{ "into", TEXT, AT(into) },
	{ "folder", TEXT, AT(folder) },
	{ "account", TEXT, AT(account) },
	{ "scratch", TEXT, AT(scratch) },
	{ "peer", TEXT, AT(peer) },
	{ "helo", TEXT, AT(helo) },
	{ "to", TEXT, AT(to) },
	{ "reason", TEXT, AT(reason) },
	{ "at-door", TEXT, AT(door) },
	{ "destination", TEXT, AT(destination) },
	{ "recipient", TEXT, AT(recipient) },
	{ "without", TEXT, AT(without) },
	{ "priority", TEXT, AT(priority) },
	{ "give-up", TEXT, AT(give_up) },
	{ "drop-queue", FLAG, AT(drop_queue) },
	{ "messages-per-hour", TEXT, AT(limit[0]) },
	{ "recipients-per-hour", TEXT, AT(limit[1]) },
	{ "messages-per-day", TEXT, AT(limit[2]) },
	{ "recipients-per-day", TEXT, AT(limit[3]) },
	{ "new-recipients-per-day", TEXT, AT(limit[4]) },
	{ "message-size", TEXT, AT(limit[5]) },
	{ "tls", TEXT, AT(tls) },
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

/* What getopt stopped at, as it was typed. */
static int
not_taken(char *const *argv, const char *why)
{
	char brief[] = { '-', (char)optopt, '\0' };
	const char *name = argv[optind - 1];

	if (name == optarg)
		name = argv[optind - 2];
	/* "-x", perhaps of several; not "--json=x". */
	else if (optopt > LONG && !strchr(name, '='))
		name = brief;
	return wrong_option(argv[0], name, why);
}

static bool
set_option(struct options *o, const char *command, const struct row *row,
    const char *value)
{
	char *at = (char *)o + row->at;
	uint32_t n;

	if (row->kind == FLAG) {
		*(bool *)at = true;
		return true;
	}
	if (row->kind == TEXT) {
		memcpy(at, &value, sizeof(value));
		return true;
	}
	if (str_u32(str_c(value), &n) && n >= row->least && n <= row->most) {
		memcpy(at, &n, sizeof(n));
		return true;
	}
	(void)options_fail(command, "--%s wants a number from %u to %u, not "
	    "\"%s\"", row->name, row->least, row->most, value);
	return false;
}

/* For getopt: all there are, so that one of another command is told from a
 * mistyped one; and behind them --help. */
static void
fill(struct option all[static NELEM(rows) + 2])
{
	for (size_t i = 0; i < NELEM(rows); i++)
		all[i] = (struct option){ rows[i].name, rows[i].kind == FLAG ?
		    no_argument : required_argument, NULL, LONG };
	all[NELEM(rows)] = (struct option){ "help", no_argument, NULL, 'h' };
	all[NELEM(rows) + 1] = (struct option){ 0 };
}

int
options_read(struct options *o, int argc, char **argv, const char *usage,
    const char *takes)
{
	static struct option all[NELEM(rows) + 2];
	struct str words = str_c(takes);
	int letter, n = 0;

	fill(all);
	o->port_offset = 1000;
	o->days = 7;
	o->keep = 7;
	o->code = 2;
	if (str_is_among(STR("json"), words, ' '))
		options_note_json(argc, argv);
	optind = 1;
	opterr = 0;
	while ((letter = getopt_long(argc, argv, ":h", all, &n)) >= 0) {
		if (letter == 'h') {
			fputs(usage, stdout);
			o->code = 0;
			return -1;
		}
		if (letter != LONG)
			return not_taken(argv, letter == ':' ?
			    "wants a value" : "is no option of it");
		optopt = 0;
		if (!str_is_among(str_c(rows[n].name), words, ' '))
			return not_taken(argv, "is no option of it");
		if (!set_option(o, argv[0], &rows[n], optarg))
			return -1;
	}
	return optind;
}
