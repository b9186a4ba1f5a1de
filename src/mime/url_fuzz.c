#include "base/err.h"
#include "mime/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken names a mailbox that can be, and a message; who has a token
 * says who may use it; and the rump with the verifier is all of the text. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(2 * URL_ARENA(size));
	struct str text = str_make((const char *)data, size);
	struct url url, again;

	if (url_parse(text, a, &url)) {
		bug_if(url.uid == 0 || url.mailbox.n == 0);
		bug_if(!str_is_utf8(url.mailbox));
		bug_if(url.section.partial && url.section.length == 0);
		bug_if(url.access && (!url.user.p || !url.host.p));
		bug_if(url.expires && !url.access);
		bug_if(url.mechanism.p && (!url.access || url.token.n < 16));
		bug_if(url.mechanism.p ? url.rump.n + 1 + url.mechanism.n + 1 +
		    2 * url.token.n != size : url.rump.n != size);
		/* The rump is a URL too, of the same. */
		bug_if(!url_parse(url.rump, a, &again) || again.mechanism.p ||
		    again.access != url.access || again.uid != url.uid ||
		    !str_eq(again.mailbox, url.mailbox));
	}
	arena_free(a);
	return 0;
}
