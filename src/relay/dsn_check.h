/*
 * dsn_check.h - what holds of every report, for tests.
 */
#pragma once
#include "base/err.h"
#include "relay/dsn.h"

/* Lines end with CRLF and have at most 998 octets, nothing else is CR, LF or
 * NUL; the boundary stands as often at the start of a line as there are parts,
 * and once more for the end. Returns the parts, negative if it is wrong. */
static inline int
dsn_check(struct str text, uint64_t id)
{
	auto_buf delimiter = BUF_INIT(100);
	int n = 0;
	bool ended = false;

	buf_printf(&delimiter, "--report-%016llx", (unsigned long long)id);
	while (text.n > 0) {
		size_t end = str_find(text, STR("\r\n"));
		struct str line = str_first(text, end);

		if (end == text.n || end > 998 || ended ||
		    str_chr(line, '\r') < line.n ||
		    str_chr(line, '\n') < line.n || str_chr(line, 0) < line.n)
			return -1;
		if (str_starts(line, buf_get(&delimiter))) {
			ended = line.n == delimiter.n + 2;
			n += !ended;
			if (line.n != delimiter.n && !ended)
				return -1;
		}
		text = str_from(text, end + 2);
	}
	return ended ? n : -1;
}
