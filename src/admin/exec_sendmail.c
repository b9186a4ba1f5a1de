/*
 * exec_sendmail.c - postern send and postern sendmail, by whatever name.
 */
#include <unistd.h>

#include "admin/admin.h"
#include "admin/beside.h"

enum { EXEC_OCTETS = 16 << 20 };

/* postern-sendmail NAME ARGUMENT... Comes back only if it cannot be. */
static int
exec_sendmail(struct arena *a, const char *name, int argc, char **argv,
    struct err *err)
{
	char **args = arena_array(a, (size_t)argc + 2, sizeof(*args));
	const char *path;

	if (find_beside(a, "sendmail", &path, err) < 0)
		return err->code;
	args[0] = str_dupz(a, str_c(path));
	args[1] = str_dupz(a, str_c(name));
	for (int i = 1; i < argc; i++)
		args[i + 1] = argv[i];
	(void)execv(path, args);
	return err_sys(err, E_IO, "execute %s", path);
}

int
cmd_sendmail(struct admin *admin unused_arg, int argc, char **argv)
{
	struct arena *a = arena_new(EXEC_OCTETS);
	const char *slash = strrchr(argv[0], '/');
	struct err err = { 0 };

	(void)exec_sendmail(a, slash ? slash + 1 : argv[0], argc, argv, &err);
	(void)admin_fail(argv[0], "%s", err.text);
	arena_free(a);
	return 75;	/* EX_TEMPFAIL of sysexits.h: keep it and try again */
}

bool
is_sendmail_name(const char *path)
{
	static const char *const names[] = { "sendmail", "mailq",
		"newaliases" };
	struct str s = str_c(path);

	if (str_rchr(s, '/') < s.n)
		s = str_from(s, str_rchr(s, '/') + 1);
	for (size_t i = 0; i < NELEM(names); i++)
		if (str_eq(s, str_c(names[i])))
			return true;
	return false;
}
