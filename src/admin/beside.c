#include "admin/beside.h"

#include <unistd.h>

enum { SELF_MAX = 4000 };

int
find_beside(struct arena *a, const char *name, const char **path,
    struct err *err)
{
	static const char *const places[] = { "", "/../libexec/postern" };
	char *self = arena_alloc(a, SELF_MAX);
	ssize_t n = readlink("/proc/self/exe", self, SELF_MAX);
	struct str here = str_make(self, n > 0 ? (size_t)n : 0);

	here = str_first(here, str_rchr(here, '/'));
	for (size_t i = 0; i < NELEM(places); i++) {
		const char *p = str_dupz(a, arena_printf(a,
		    "%.*s%s/postern-%s", STR_FMT(here), places[i], name));

		if (access(p, X_OK) == 0) {
			*path = p;
			return 0;
		}
	}
	return err_set(err, E_NOTFOUND, "postern-%s is neither beside postern "
	    "nor in its ../libexec/postern: build or install all of Postern",
	    name);
}
