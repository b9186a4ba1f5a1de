#include "base/err.h"
#include "imap/grammar/seqset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was rendered reads back as the same set. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(2 * SCAN_ARENA(size) + 64 * size);
	struct scan s = scan_of(str_make((const char *)data, size), a);
	struct seqset set = scan_seqset(&s), again;
	auto_buf b = BUF_INIT(64 * size + 64);
	struct seqset_out o = { .b = &b };

	scan_end(&s);
	if (scan_ok(&s) && !set.saved) {
		seqset_resolve(&set, 1000);
		for (size_t i = 0; i < set.n; i++)
			seqset_out_range(&o, set.r[i].lo, set.r[i].hi);
		seqset_out_end(&o);
		bug_if(buf_failed(&b));
		s = scan_of(buf_get(&b), a);
		again = scan_uid_set(&s);
		bug_if(!rd_done(&s.r) || again.n != set.n);
		for (size_t i = 0; i < set.n; i++) {
			bug_if(again.r[i].lo != set.r[i].lo);
			bug_if(again.r[i].hi != set.r[i].hi);
		}
		bug_if(!seqset_has(&set, seqset_max(&set)));
	}
	arena_free(a);
	return 0;
}
