#include "imap/grammar/args_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A command as gather.h gives it: with its tag, literals in place. A tag that
 * begins with "u" is of a session whose names are UTF-8. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(SCAN_ARENA(size));
	struct scan s = scan_of(str_make((const char *)data, size), a);
	union args out = { 0 };

	s.utf8 = size > 0 && data[0] == 'u';
	(void)scan_tag(&s);
	scan_sp(&s);
	if (scan_ok(&s))
		(void)args_table_parse(&s, &out);
	arena_free(a);
	return 0;
}
