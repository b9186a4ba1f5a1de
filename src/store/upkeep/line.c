#include "store/upkeep/upkeep_int.h"

void
upkeep_line(struct buf *b, size_t most, const char *fmt, va_list ap)
{
	char line[UPKEEP_LINE_MAX];
	int n = vsnprintf(line, sizeof(line), fmt, ap);

	if (n <= 0)
		return;
	buf_put(b, line, (size_t)n < most ? (size_t)n : most);
	buf_chr(b, '\n');
}
