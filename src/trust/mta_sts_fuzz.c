#include "base/err.h"
#include "trust/mta_sts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_policy(struct str text)
{
	struct arena *a = arena_new(2 * STS_MX_OCTETS);
	struct sts_text out;
	const char *wrong;

	if (sts_text_parse(text, a, &out, &wrong)) {
		struct str mx = out.mx, one;

		bug_if(out.mode > STS_ENFORCE || out.max_age_s > STS_AGE_MAX);
		bug_if(out.mode != STS_NONE && mx.n == 0);
		bug_if(mx.n > STS_MX_OCTETS || !str_is_ascii(mx));
		/* Whatever host a pattern names is allowed. */
		while (mx.n > 0) {
			(void)str_cut(mx, ' ', &one, &mx);
			bug_if(one.n == 0);
			bug_if(one.p[0] != '*' &&
			    !sts_mx_allows(out.mx, one));
		}
	} else {
		bug_if(!wrong);
	}
	arena_free(a);
}

/* A record, a policy, and a host that it may allow. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size), id, host, mx;

	if (sts_record_parse(text, &id)) {
		bug_if(!sts_is_record(text) &&
		    !str_starts(text, STR("v=STSv1")) &&
		    !ascii_is_wsp(text.p[0]));
		bug_if(id.n == 0 || id.n > STS_ID_MAX);
		bug_if(id.p < text.p || id.p + id.n > text.p + text.n);
	}
	fuzz_policy(text);
	(void)str_cut(text, '\n', &host, &mx);
	(void)sts_mx_allows(mx, host);
	return 0;
}
