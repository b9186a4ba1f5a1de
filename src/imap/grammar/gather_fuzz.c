#include "base/err.h"
#include "imap/grammar/gather.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is gathered is what came, octet for octet. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all = str_make((const char *)data, size), in = all;
	struct gather g;

	gather_init(&g);
	while (g.state == GATHER_LINE || g.state == GATHER_LITERAL) {
		if (g.state == GATHER_LINE) {
			size_t at = str_find(in, STR("\r\n"));

			if (at == in.n)
				break;
			(void)gather_line(&g, str_first(in, at));
			in = str_from(in, at + 2);
		} else {
			size_t n = g.n < in.n ? (size_t)g.n : in.n;

			if (n == 0 && g.n > 0)
				break;
			n = n > 3 ? n / 2 : n;
			(void)gather_octets(&g, str_first(in, n));
			in = str_from(in, n);
		}
	}
	bug_if(!str_starts(all, buf_get(&g.text)));
	gather_free(&g);
	return 0;
}
