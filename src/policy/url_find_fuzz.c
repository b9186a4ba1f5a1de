#include "base/err.h"
#include "dns/public_suffix.h"
#include "policy/url_find.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_at(struct url_found *u)
{
	bug_if(u->host.n == 0 || u->host.n > 253);
	for (size_t i = 0; i < u->host.n; i++)
		bug_if(u->host.p[i] <= ' ' || u->host.p[i] > '~');
}

/* Hosts are names or addresses, and a walk goes forward and ends. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size), rest = text;
	struct arena *a = arena_new(1 << 20);
	struct url_found u;

	public_suffix_prepare();
	for (size_t left = rest.n; url_find_next(&rest, a, &u);
	    left = rest.n) {
		bug_if(rest.n >= left);
		look_at(&u);
		arena_reset(a);
	}
	if (url_find_href(text, a, &u))
		look_at(&u);
	arena_reset(a);
	if (url_find_shown(text, a, &u))
		look_at(&u);
	arena_free(a);
	return 0;
}
