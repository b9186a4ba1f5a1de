#include "base/err.h"
#include "mime/header.h"
#include "trust/dkim_header.h"
#include "trust/dkim_relax.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A canonical header is its own canonical form, field by field. */
static void
check_stable(struct str canonical)
{
	auto_buf again = BUF_INIT(2 * canonical.n + 64);
	struct str rest = canonical;
	struct header_field f;

	while (header_next(&rest, &f))
		dkim_relax(&again, f.name, f.value);
	bug_if(!str_eq(buf_get(&again), canonical));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf names = BUF_INIT(DKIM_NAMES_MAX);
	auto_buf canonical = BUF_INIT(DKIM_HEADER_MAX);
	struct str s = str_make((const char *)data, size);
	struct str authors[DKIM_AUTHORS_MAX];
	struct arena *a = arena_new(16 << 20);

	for (size_t i = dkim_header_authors(a, s, authors); i-- > 0;)
		bug_if(authors[i].n > 320);
	if (dkim_header_choose(s, &names, &canonical)) {
		bug_if(!str_starts(buf_get(&canonical), STR("from:")));
		bug_if(!str_starts(buf_get(&names), STR("From:From")));
		check_stable(buf_get(&canonical));
	}
	arena_free(a);
	return 0;
}
