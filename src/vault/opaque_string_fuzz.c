/* What is in its form stays as it is. */
#include "base/err.h"
#include "vault/opaque_string.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str typed = str_make((const char *)data, size);
	auto_buf once = BUF_INIT(OPAQUE_FORM_MAX);
	auto_buf twice = BUF_INIT(OPAQUE_FORM_MAX);
	auto_buf kc = BUF_INIT(OPAQUE_FORM_MAX);
	bool good = opaque_string(typed, &once);

	bug_if(opaque_string_kc(typed, &kc) != good);
	if (!good || once.n > OPAQUE_MAX)
		return 0;
	bug_if(!opaque_string(buf_get(&once), &twice));
	bug_if(!str_eq(buf_get(&once), buf_get(&twice)));
	return 0;
}
