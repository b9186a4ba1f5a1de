#include "base/err.h"
#include "trust/spf_macro.h"
#include "trust/spf_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 1000 };

/* A record: what is right is made of what was written, and expands. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct spf_values values = { .sender = STR("a-b@c.d"),
		.local = STR("a-b"), .domain = STR("c.d"),
		.dotted = STR("1.2.3.4") };
	struct str text = str_make((const char *)data, size), wrong;
	struct arena *a = arena_new(1 << 20);
	auto_buf b = BUF_INIT(OUT_MAX);
	struct spf_record record;

	if (spf_macros_ok(text, true))
		spf_expand(text, &values, &b);
	bug_if(b.n > OUT_MAX);
	if (spf_is_record(text) && spf_parse(text, a, &record, &wrong)) {
		for (size_t i = 0; i < record.n; i++) {
			const struct spf_term *t = &record.term[i];

			bug_if(t->text.n == 0 || t->bits4 > 32 ||
			    t->bits6 > 128);
			bug_if(t->domain.n && !spf_domain_spec_ok(t->domain));
			buf_reset(&b);
			spf_expand(t->domain, &values, &b);
		}
	}
	arena_free(a);
	return 0;
}
