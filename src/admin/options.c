#include "admin/options.h"

#include <getopt.h>
#include <stdio.h>

static const struct option all[] = {
	{ "data", required_argument, NULL, 'd' },
	{ "config", required_argument, NULL, 'c' },
	{ "json", no_argument, NULL, 'j' },
	{ "once", no_argument, NULL, 'o' },
	{ "yes", no_argument, NULL, 'y' },
	{ "password-stdin", no_argument, NULL, 'p' },
	{ "day", required_argument, NULL, 'D' },
	{ "from", required_argument, NULL, 'F' },
	{ "port-offset", required_argument, NULL, 'P' },
	{ "sender", required_argument, NULL, 's' },
	{ "rcpt", required_argument, NULL, 'r' },
	{ "domain", required_argument, NULL, 'm' },
	{ "older", required_argument, NULL, 'O' },
	{ "held", no_argument, NULL, 'H' },
	{ "all", no_argument, NULL, 'A' },
	{ "unsigned", no_argument, NULL, 'U' },
	{ "days", required_argument, NULL, 'n' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

int
options_wrong(const char *usage)
{
	fputs(usage, stderr);
	return 2;
}

/* One line, and where there is more. */
static int
wrong_option(const char *command, const char *name, const char *why)
{
	fprintf(stderr, "postern %s: %s %s; postern %s --help says more\n",
	    command, name, why, command);
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
	case 'D': o->day = value; break;
	case 's': o->sender = value; break;
	case 'r': o->rcpt = value; break;
	case 'm': o->domain = value; break;
	case 'O': o->older = value; break;
	case 'H': o->held = true; break;
	case 'A': o->all = true; break;
	case 'U': o->unsigned_ = true; break;
	case 'n':
		if (str_u32(str_c(value), &o->days) && o->days > 0 &&
		    o->days <= 3660)
			break;
		fprintf(stderr, "postern %s: --days wants a number from 1 to "
				"3660, not \"%s\"\n", command, value);
		return false;
	case 'F': o->from = value; break;
	case 'P':
		if (str_u32(str_c(value), &o->port_offset) &&
		    o->port_offset <= 60000)
			break;
		fprintf(stderr, "postern %s: --port-offset wants a number up "
				"to 60000, not \"%s\"\n", command, value);
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
	o->code = 2;
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
