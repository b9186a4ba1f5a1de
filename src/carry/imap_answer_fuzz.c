#include "base/err.h"
#include "carry/imap_answer.h"
#include "imap/grammar/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As much as a client gathers, in as much memory as it has for that. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_first(str_make((const char *)data, size),
	    64 * 1024), text;
	struct arena *a = arena_new(SCAN_ARENA(64 * 1024));
	struct imap_answer out;
	uint64_t n;

	if (imap_answer_read(in, &out, a))
		bug_if(out.keywords.n > 4000 || out.name.n > in.n ||
		    out.body.n > in.n);
	(void)imap_literal(in, &text, &n);
	arena_free(a);
	return 0;
}
