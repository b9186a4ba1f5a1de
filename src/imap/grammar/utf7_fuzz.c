#include "base/err.h"
#include "imap/grammar/utf7.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What decodes is valid UTF-8 and has this encoding and no other; what is
 * valid UTF-8 comes back from its encoding. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_make((const char *)data, size), out;
	struct arena *a = arena_new(64 + 16 * size);
	auto_buf b = BUF_INIT(64 + 8 * size);

	if (utf7_decode(in, a, &out)) {
		bug_if(!str_is_utf8(out));
		utf7_put(&b, out);
		bug_if(!str_eq(buf_get(&b), in));
	}
	buf_reset(&b);
	if (str_is_utf8(in)) {
		utf7_put(&b, in);
		bug_if(buf_failed(&b));
		bug_if(!utf7_decode(buf_get(&b), a, &out));
		bug_if(!str_eq(out, in));
	}
	arena_free(a);
	return 0;
}
