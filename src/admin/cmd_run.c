/*
 * cmd_run.c - postern run: serve as postern.conf says.
 */
#include "admin/admin.h"
#include "admin/launch.h"
#include "conf/conf.h"
#include "conf/find_config.h"

static const char usage[] =
    "usage: postern run [--config FILE]\n\n"
    "Serve as FILE (postern.conf) says, in the foreground, logging to stderr.\n"
    "SIGTERM or Ctrl-C ends it in good order, SIGHUP reads FILE again.\n";

int
cmd_run(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct config c;
	struct err err = { 0 };
	struct serve s = { .config = &c, .make_data = true, .tell_fd = -1,
		.log_fd = STDERR_FILENO };
	const char *file;
	int n = options_read(&o, argc, argv, usage, "config");

	if (n < 0)
		return o.code;
	if (n != argc)
		return options_wrong(argc, argv, n, usage);
	if (find_config_file(o.config, &file, &err) < 0 ||
	    conf_read(file, a->memory, &c, &err) < 0)
		return admin_fail("run", "%s", err.text);
	s.file = str_c(file);
	(void)launch_here(a->memory, &s, &err);
	return admin_fail("run", "%s", err.text);
}
