#include "base/err.h"
#include "imap/grammar/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken names a mailbox that can be, and a message. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(SCAN_ARENA(size));
	struct imap_url url;

	if (url_parse(str_make((const char *)data, size), a, &url)) {
		bug_if(url.uid == 0 || url.mailbox.n == 0);
		bug_if(!str_is_utf8(url.mailbox));
		bug_if(url.section.partial && url.section.length == 0);
	}
	arena_free(a);
	return 0;
}
