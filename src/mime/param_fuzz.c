/* Parameters, encoded words and base subjects. */
#include "base/err.h"
#include "mime/param.h"
#include "mime/subject.h"
#include "mime/word.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
use_text(struct str in)
{
	auto_buf words = BUF_INIT(8 * in.n + 64);
	auto_buf subject = BUF_INIT(8 * in.n + 64);

	word_decode(&words, in);
	bug_if(buf_failed(&words) || !str_is_utf8(buf_get(&words)));
	(void)subject_base(&subject, in);
	bug_if(!str_is_utf8(buf_get(&subject)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(16 << 20);
	struct str in = str_make((const char *)data, size);
	struct str type, sub, rest = in;
	struct param p;
	size_t n = 0;

	use_text(in);
	(void)!param_media_type(in, &type, &sub, &rest);
	(void)param_get(a, rest, STR("name"));
	while (param_next(a, &rest, &p))
		bug_if(p.name.n == 0 || ++n > size);
	arena_free(a);
	return 0;
}
