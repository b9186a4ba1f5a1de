/*
 * A path that is rewritten comes back as it was, and nothing comes back that
 * was not rewritten with our key.
 */
#include "base/err.h"
#include "store/address/address.h"
#include "store/address/srs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct srs_key key = { "the key of fuzz" };
static const struct srs_key other = { "the key of buzz" };

enum { NOW = 1795000000, NESTED = 3 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(1 << 20);
	struct str in = str_make((const char *)data, size), out, back;
	size_t at = str_rchr(in, '@');

	(void)srs_is(in);
	bug_if(srs_return(&key, str_first(in, at), NOW, a, &back) &&
	    !address_is_plain(back));
	for (int i = 0; i < NESTED; i++) {
		if (!srs_rewrite(&key, in, STR("fwd.test"), NOW, a, &out))
			break;
		at = str_rchr(out, '@');
		bug_if(!address_is_plain(out));
		bug_if(srs_return(&other, str_first(out, at), NOW, a, &back));
		bug_if(!srs_return(&key, str_first(out, at), NOW, a, &back));
		/* A second SRS1 leads to the first forwarder, not to us. */
		bug_if(i == 0 && !str_startsi(in, STR("SRS1")) &&
		    !str_eqi(back, in));
		in = out;
	}
	arena_free(a);
	return 0;
}
