#include "base/err.h"
#include "mail/traits.h"
#include "mime/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Numbers in their order, within their bounds, and the same again. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	struct arena *a = arena_new(TRAITS_MEM), *b = arena_new(TRAITS_MEM);
	struct str t;
	int last = -1;

	charset_prepare();
	t = traits_of(text, a);
	bug_if(t.n > TRAITS_OCTETS || t.n % TRAIT_OCTETS != 0);
	for (size_t i = 0; i < t.n; i += 2) {
		int at = (uint8_t)t.p[i] | (uint8_t)t.p[i + 1] << 8;

		bug_if(at <= last);
		last = at;
	}
	bug_if(!str_eq(t, traits_of(text, b)));
	arena_free(a);
	arena_free(b);
	return 0;
}
