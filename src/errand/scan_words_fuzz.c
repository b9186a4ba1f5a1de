#include "base/err.h"
#include "errand/scan_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct scan_answer *out)
{
	bug_if(out->result > SCAN_AWAY || out->wish > SCAN_REFUSE);
	bug_if(out->tenths < -SCAN_TENTHS_MAX ||
	    out->tenths > SCAN_TENTHS_MAX);
	bug_if(out->why.n > SCAN_WHY);
	for (size_t i = 0; i < out->why.n; i++)
		bug_if(out->why.p[i] < 0x20 || out->why.p[i] > 0x7e);
}

/* The same octets as what clamd says, what rspamd says, and what the other
 * server has said of itself. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all = str_make((const char *)data, size);
	struct arena *a = arena_new(1 << 20);
	struct scan_ask ask = { .helo = str_first(all, 255),
		.rcpts = str_first(all, SCAN_RCPTS) };
	const char *fields[SCAN_FIELDS];
	struct scan_answer out;
	size_t n;

	scan_read_clamav(all, a, &out);
	check(&out);
	scan_read_rspamd(all, a, &out);
	check(&out);
	n = scan_fields(&ask, a, fields);
	bug_if(n > SCAN_FIELDS);
	for (size_t i = 0; i < n; i++)
		for (const char *c = fields[i]; *c; c++)
			bug_if(*c < 0x20 || *c > 0x7e);
	arena_free(a);
	return 0;
}
