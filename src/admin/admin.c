#include "admin/admin.h"

#include <stdarg.h>

enum { MEMORY_OCTETS = 256 << 20 };

static int cmd_help(struct admin *a, int argc, char **argv);

static const struct command commands[] = {
	{ "demo", "a private mail system on loopback, nothing to configure",
	    cmd_demo },
	{ "run", "serve, as postern.conf says", cmd_run },
	{ "status", "is the server there, and since when", cmd_status },
	{ "reload", "have it read postern.conf again", cmd_reload },
	{ "stop", "end it in good order", cmd_stop },
	{ "check-config", "read postern.conf and say what is wrong with it",
	    cmd_check_config },
	{ "domain", "add, list and remove the domains mail is taken for",
	    cmd_domain },
	{ "account", "add, list and remove people, their passwords and limits",
	    cmd_account },
	{ "alias", "add, list and remove other addresses of people",
	    cmd_alias },
	{ "ldap", "accounts of a directory elsewhere: sync, adopt, release",
	    cmd_ldap },
	{ "pam", "accounts by this machine's passwords: add, adopt, release",
	    cmd_pam },
	{ "allow", "who is let in whatever else is found", cmd_rule },
	{ "block", "whose mail is refused, or goes to Junk", cmd_rule },
	{ "ban", "networks that may not even connect", cmd_ban },
	{ "held", "mail that is kept apart: list, release, drop", cmd_held },
	{ "learn", "what spam looks like, from messages that are sorted",
	    cmd_learn },
	{ "import", "mail from elsewhere into an account", cmd_import },
	{ "export", "all mail of an account, as files", cmd_export },
	{ "lists", "do the lists in DNS work, and who is on them", cmd_lists },
	{ "reports", "what domains will hear about mail in their name",
	    cmd_reports },
	{ "send", "a message, from here", cmd_sendmail },
	{ "queue", "what waits to be sent: list, retry, hold, edit, drop",
	    cmd_queue },
	{ "trace", "the life of a message, in order", cmd_trace },
	{ "explain", "why a message went where it went, and what to change",
	    cmd_explain },
	{ "check", "what would become of a message, without taking it",
	    cmd_check },
	{ "mx", "where mail for a domain goes, and in which order", cmd_mx },
	{ "probe", "try a delivery up to RCPT, and show each step", cmd_probe },
	{ "sources", "which addresses mail leaves from, and their names",
	    cmd_sources },
	{ "verify", "recount everything and read every message", cmd_verify },
	{ "backup", "copy all there is to another folder, while it runs",
	    cmd_backup },
	{ "restore", "bring back what a backup has", cmd_restore },
	{ "journal", "what happened to messages on a day", cmd_journal },
	{ "sendmail", "as programs call it: sendmail(1)", cmd_sendmail },
	{ "version", "the version of this program", cmd_version },
	{ "help", "this list", cmd_help },
};

static void
list_commands(FILE *to)
{
	fputs("usage: postern COMMAND [OPTION...]\n\n", to);
	for (size_t i = 0; i < NELEM(commands); i++)
		fprintf(to, "  %-14s %s\n", commands[i].name,
		    commands[i].help);
	fputs("\npostern COMMAND --help says more. "
	      "To look around: postern demo\n", to);
}

int
cmd_version(struct admin *a, int argc, char **argv)
{
	static const char usage[] = "usage: postern version [--json]\n";
	struct options o = { 0 };
	int n = options_read(&o, argc, argv, usage, "json");

	(void)a;
	if (n < 0)
		return o.code;
	if (n != argc)
		return options_wrong(argc, argv, n, usage);
	if (o.json)
		puts("{\"version\":\"" POSTERN_VERSION "\"}");
	else
		puts("postern " POSTERN_VERSION);
	return 0;
}

int
admin_fail(const char *command, const char *fmt, ...)
{
	char text[1000];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	options_complain(command, text);
	return 1;
}

static const struct command *
find_command(const char *name)
{
	if (str_eq(str_c(name), STR("--help")) ||
	    str_eq(str_c(name), STR("-h")))
		name = "help";
	if (str_eq(str_c(name), STR("--version")))
		name = "version";
	for (size_t i = 0; i < NELEM(commands); i++)
		if (str_eq(str_c(name), str_c(commands[i].name)))
			return &commands[i];
	return NULL;
}

static int
no_such_command(int argc, char **argv)
{
	options_note_json(argc, argv);
	options_complain(argv[1], "there is no such command; postern help "
				  "lists them");
	return 2;
}

/* The list, or what a command says of itself. */
static int
cmd_help(struct admin *a, int argc, char **argv)
{
	char option[] = "--help", *of[] = { argc > 1 ? argv[1] : NULL, option,
		NULL };
	const struct command *c = argc > 1 ? find_command(argv[1]) : NULL;

	if (argc == 1 || (c && c->run == cmd_help)) {
		list_commands(stdout);
		return 0;
	}
	return c ? c->run(a, 2, of) : no_such_command(argc, argv);
}

int
admin_main(int argc, char **argv)
{
	struct admin a = { 0 };
	const struct command *c;
	int code;

	if (argc > 0 && is_sendmail_name(argv[0]))
		return cmd_sendmail(&a, argc, argv);
	if (argc < 2) {
		list_commands(stderr);
		return 2;
	}
	c = find_command(argv[1]);
	if (!c)
		return no_such_command(argc, argv);
	a.memory = arena_new(MEMORY_OCTETS);
	code = c->run(&a, argc - 1, argv + 1);
	arena_free(a.memory);
	if (fflush(stdout) != 0 && code == 0)
		code = admin_fail(c->name, "cannot write the output");
	return code;
}
