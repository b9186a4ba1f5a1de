#include "trust/dkim_relax.h"

/* RFC 6376 3.4.2: lower-case name, unfolded, white space in the value to one
 * space, none around the colon and at the end. */
void
dkim_relax(struct buf *out, struct str name, struct str value)
{
	const char *p = value.p, *end = p ? p + value.n : p, *from;
	bool space = false, any = false;

	for (size_t i = 0; i < name.n; i++)
		buf_chr(out, ascii_lower(name.p[i]));
	buf_chr(out, ':');
	while (p < end) {
		if (ascii_is_wsp(*p)) {
			space = true;
			p++;
			continue;
		}
		if (end - p >= 2 && p[0] == '\r' && p[1] == '\n') {
			p += 2;
			continue;
		}
		if (space && any)
			buf_chr(out, ' ');
		from = p++;
		while (p < end && !ascii_is_wsp(*p) && *p != '\r')
			p++;
		buf_put(out, from, (size_t)(p - from));
		space = false;
		any = true;
	}
	buf_lit(out, "\r\n");
}
