/*
 * cmd_run.c - postern run: serve as postern.conf says.
 */
#include "admin/admin.h"
#include "conf/conf.h"

static const char usage[] =
    "usage: postern run [--config FILE]\n\n"
    "Serve as FILE (postern.conf) says, in the foreground, logging to stderr.\n"
    "SIGTERM or Ctrl-C ends it in good order, SIGHUP reads FILE again.\n";

static int
read_again(void *arg, struct arena *a, struct config *c, struct err *err)
{
	return conf_read(arg, a, c, err);
}

int
cmd_run(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct config c;
	struct err err = { 0 };
	struct serve s = { .config = &c, .reload = read_again, .tell_fd = -1,
		.log_fd = STDERR_FILENO };
	char *file;
	int n = options_read(&o, argc, argv, usage, "c");

	if (n < 0)
		return o.code;
	if (n != argc)
		return options_wrong(usage);
	file = str_dupz(a->memory, str_c(o.config ? o.config :
		"postern.conf"));
	if (conf_read(file, a->memory, &c, &err) < 0)
		return admin_fail("run", "%s", err.text);
	s.arg = file;
	return a->server->run(&s);
}
