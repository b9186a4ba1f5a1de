#include "base/err.h"
#include "mail/digest.h"
#include "smtp/submission_fixup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What comes out is what went in, with whole fields in front or nothing; and
 * it does not depend on how it was cut, which the first octet says. */
static void
pass(struct str text, size_t step, struct buf *got, struct arena *a)
{
	const struct submission_fixup_options o = {
		STR("mail.test"), STR("1"), 1795330855 };
	struct submission_fixup *t = submission_fixup_new(a, &o);
	struct digest *d = digest_new(NULL);
	struct signable signable;
	struct str in, out;

	for (size_t i = 0; i < text.n; i += step) {
		in = str_first(str_from(text, i), step);
		while (submission_fixup_next(t, &in, &out)) {
			buf_str(got, out);
			digest_feed(d, out);
		}
	}
	while (submission_fixup_rest(t, &out)) {
		buf_str(got, out);
		digest_feed(d, out);
	}
	if (digest_finish(d, a, &signable))
		bug_if(signable.nauthors == 0 ||
		    !str_starts(signable.header, STR("from:")));
	digest_free(d);
	submission_fixup_free(t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	auto_buf whole = BUF_INIT(size + 4096), cut = BUF_INIT(size + 4096);
	struct arena *a = arena_new(2 * DIGEST_ARENA);

	pass(text, size + 1, &whole, a);
	pass(text, size ? data[0] % 9 + 1 : 1, &cut, a);
	bug_if(!str_eq(buf_get(&whole), buf_get(&cut)));
	bug_if(whole.n < size ||
	    !str_eq(str_from(buf_get(&whole), whole.n - size), text));
	bug_if(whole.n > size && whole.p[whole.n - size - 1] != '\n');
	arena_free(a);
	return 0;
}
