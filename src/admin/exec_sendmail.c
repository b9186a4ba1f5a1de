/*
 * exec_sendmail.c - commands that are an executable of their own, so that the
 * master, which is this one, does not carry what they are linked with.
 */
#include <stdlib.h>
#include <unistd.h>

#include "admin/admin.h"

enum { SELF_MAX = 4000 };

/* postern-sendmail NAME ARGUMENT..., beside us or in ../libexec/postern.
 * Comes back only if it is not there. */
static void
exec_sendmail(const char *name, int argc, char **argv)
{
	static const char *const places[] = { "", "/../libexec/postern" };
	struct arena *a = arena_new(16 << 20);
	char **args = arena_array(a, (size_t)argc + 2, sizeof(*args));
	char *self = arena_alloc(a, SELF_MAX);
	ssize_t n = readlink("/proc/self/exe", self, SELF_MAX);
	struct str here = str_make(self, n > 0 ? (size_t)n : 0);

	here = str_first(here, str_rchr(here, '/'));
	args[1] = str_dupz(a, str_c(name));
	for (int i = 1; i < argc; i++)
		args[i + 1] = argv[i];
	for (size_t i = 0; i < NELEM(places); i++) {
		args[0] = str_dupz(a, arena_printf(a,
		    "%.*s%s/postern-sendmail", STR_FMT(here), places[i]));
		(void)execv(args[0], args);
	}
	arena_free(a);
}

int
cmd_sendmail(struct admin *a unused_arg, int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');

	exec_sendmail(slash ? slash + 1 : argv[0], argc, argv);
	(void)admin_fail(argv[0], "postern-sendmail is neither beside postern "
	    "nor in its ../libexec/postern");
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
