#include "admin/admin.h"
#include "conf/conf.h"

static const char usage[] =
    "usage: postern check-config [FILE] [--json]\n\n"
    "Read FILE (postern.conf) as run does, and say what is wrong with it.\n";

static int
check_file(struct admin *a, const char *what, struct str path,
    struct err *err)
{
	if (access(str_dupz(a->memory, path), R_OK) == 0)
		return 0;
	return err_sys(err, E_NOTFOUND, "certificate: %s %.*s", what,
	    STR_FMT(path));
}

static int
check_certificates(struct admin *a, const struct config *c, struct err *err)
{
	struct rd r = rd_of(c->certificates);
	struct cert_conf cert;

	while (rd_left(&r) > 0 && msg_take(&r, &cert_conf_shape, &cert))
		if (check_file(a, "chain", cert.chain_path, err) < 0 ||
		    check_file(a, "key", cert.key_path, err) < 0)
			return err->code;
	return 0;
}

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
	const char *file = "postern.conf";
	int n = options_read(&o, argc, argv, usage, "j");

	if (n < 0)
		return o.code;
	if (n < argc)
		file = argv[n++];
	if (n != argc)
		return options_wrong(usage);
	if (conf_read(file, a->memory, &c, &err) < 0)
		return admin_fail("check-config", "%s", err.text);
	if (check_certificates(a, &c, &err) < 0)
		return admin_fail("check-config", "%s: %s", file, err.text);
	printf(o.json ? "{\"hostname\":\"%.*s\",\"listen\":%u}\n" :
			"%.*s, %u listening ports",
	    STR_FMT(c.hostname), count_listeners(&c));
	if (!o.json)
		printf(", data in %.*s: fine\n", STR_FMT(c.data));
	return 0;
}
