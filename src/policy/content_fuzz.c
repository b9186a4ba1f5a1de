#include "base/err.h"
#include "dns/public_suffix.h"
#include "mime/charset.h"
#include "policy/content.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever a message shows, what is said of it is visible ASCII, and each word
 * is said once. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(1 << 20);
	struct findings f = { 0 };
	struct content_seen seen;
	struct content_text ask = { .ours = STR("example.org long.example"),
		.head = str_first(str_make((const char *)data, size),
		    32 << 10) };

	charset_prepare();
	public_suffix_prepare();
	content_look(&ask, a, &f, &seen);
	bug_if(seen.nhosts > CONTENT_HOSTS);
	bug_if(seen.naddresses > CONTENT_ADDRESSES);
	for (size_t i = 0; i < f.n; i++) {
		for (size_t k = 0; k < f.row[i].why.n; k++)
			bug_if(f.row[i].why.p[k] < ' ' ||
			    f.row[i].why.p[k] > '~');
		for (size_t k = 0; k < i; k++)
			bug_if(str_eq(f.row[i].word, f.row[k].word));
	}
	arena_free(a);
	return 0;
}
