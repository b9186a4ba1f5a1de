/*
 * cmd_check_config.c - postern check-config: what `run` would refuse.
 */
#include "admin/admin.h"
#include "admin/check_files.h"
#include "conf/conf.h"
#include "conf/find_config.h"

static const char usage[] =
    "usage: postern check-config [FILE] [--json]\n\n"
    "Read FILE (postern.conf) as run does, and say what is wrong with it.\n";

static unsigned
count_listeners(const struct config *c)
{
	struct rd r = rd_of(c->listeners);
	struct listener_conf l;
	unsigned n = 0;

	while (rd_left(&r) > 0 && msg_take(&r, &listener_conf_shape, &l))
		n++;
	return n;
}

int
cmd_check_config(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct config c;
	struct err err = { 0 };
	const char *file = NULL;
	int n = options_read(&o, argc, argv, usage, "json");

	if (n < 0)
		return o.code;
	if (n < argc)
		file = argv[n++];
	if (n != argc)
		return options_wrong(argc, argv, n, usage);
	if (find_config_file(file, &file, &err) < 0 ||
	    conf_read(file, a->memory, &c, &err) < 0)
		return admin_fail("check-config", "%s", err.text);
	if (check_files(a->memory, &c, &err) < 0)
		return admin_fail("check-config", "%s: %s", file, err.text);
	printf(o.json ? "{\"hostname\":\"%.*s\",\"listen\":%u}\n" :
			"%.*s, %u listening ports",
	    STR_FMT(c.hostname), count_listeners(&c));
	if (!o.json)
		printf(", data in %.*s: fine%s\n", STR_FMT(c.data),
		    str_eqi(c.hostname, STR("mail.example.org")) ? ", but "
		    "hostname is still that of the example" : "");
	return 0;
}
