#include "base/err.h"
#include "mime/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Fields and what follows them are the block, octet for octet. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf some = BUF_INIT(2 * size + 64);
	struct arena *a = arena_new(16 << 20);
	struct str block = str_make((const char *)data, size), rest = block;
	const struct str name = STR("a");
	struct header_field f;
	size_t n = 0;

	while (header_next(&rest, &f)) {
		bug_if(f.whole.p != block.p + n || f.whole.n == 0);
		n += f.whole.n;
		(void)header_unfold(a, f.value);
	}
	bug_if(rest.n != size - n && rest.n + 2 != size - n);
	(void)header_get(block, name);
	header_select(&some, block, &name, 1, false);
	header_select(&some, block, &name, 1, true);
	arena_free(a);
	return 0;
}
