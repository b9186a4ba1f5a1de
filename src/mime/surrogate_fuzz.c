/*
 * Any header: what becomes of it is ASCII (unless it was not UTF-8), has its
 * bound, and is a header again that stays as it is.
 */
#include "base/err.h"
#include "mime/surrogate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str header = str_make((const char *)data, size);
	auto_buf out = BUF_INIT(SURROGATE_MAX(size));
	auto_buf again = BUF_INIT(SURROGATE_MAX(SURROGATE_MAX(size)));

	if (size > 65536)
		return 0;
	surrogate_header(&out, header);
	bug_if(buf_failed(&out));
	if (!str_is_utf8(header)) {
		bug_if(!str_eq(buf_get(&out), header));
		return 0;
	}
	bug_if(out.n > 0 && !str_is_ascii(buf_get(&out)));
	surrogate_header(&again, buf_get(&out));
	bug_if(!str_eq(buf_get(&again), buf_get(&out)));
	return 0;
}
