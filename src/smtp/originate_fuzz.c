#include "base/err.h"
#include "smtp/originate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What comes out is what went in, with whole fields in front or nothing; and
 * it does not depend on how it was cut, which the first octet says. */
static void
pass(struct str text, size_t step, struct buf *got, struct arena *a)
{
	const struct originate_options o = { NULL, STR("mail.test"),
		STR("1"), 1795330855 };
	struct originate *t = originate_new(a, &o);
	struct originated facts;
	struct str in, out;

	for (size_t i = 0; i < text.n; i += step) {
		in = str_first(str_from(text, i), step);
		while (originate_next(t, &in, &out))
			buf_str(got, out);
	}
	while (originate_rest(t, &out))
		buf_str(got, out);
	if (originate_facts(t, a, &facts))
		bug_if(facts.nauthors == 0 ||
		    !str_starts(facts.header, STR("from:")));
	originate_free(t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	auto_buf whole = BUF_INIT(size + 4096), cut = BUF_INIT(size + 4096);
	struct arena *a = arena_new(2 * ORIGINATE_ARENA);

	pass(text, size + 1, &whole, a);
	pass(text, size ? data[0] % 9 + 1 : 1, &cut, a);
	bug_if(!str_eq(buf_get(&whole), buf_get(&cut)));
	bug_if(whole.n < size ||
	    !str_eq(str_from(buf_get(&whole), whole.n - size), text));
	bug_if(whole.n > size && whole.p[whole.n - size - 1] != '\n');
	arena_free(a);
	return 0;
}
