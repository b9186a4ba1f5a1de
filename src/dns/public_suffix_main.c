/*
 * For tests: of each name on standard input, a line each, what somebody has
 * registered, or "null".
 */
#include <stdio.h>

#include "base/err.h"
#include "dns/name.h"
#include "dns/public_suffix.h"

int
main(void)
{
	struct arena *a = arena_new(1 << 20);
	char line[1024];

	public_suffix_prepare();
	while (fgets(line, sizeof(line), stdin)) {
		struct str name, found = STR_NULL;

		if (dns_name(str_trim(str_c(line)), a, &name))
			found = public_suffix_registered(name);
		if (found.n == 0)
			found = STR("null");
		printf("%.*s\n", STR_FMT(found));
		arena_reset(a);
	}
	arena_free(a);
	return 0;
}
