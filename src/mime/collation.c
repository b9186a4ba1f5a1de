#include "mime/collation.h"

#include <unicase.h>
#include <uninorm.h>

#include "mime/charset.h"

/* RFC 5051 2 (2)(b): as far as it goes, which for no character is far. */
static void
put_decomposed(struct buf *out, ucs4_t c)
{
	ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
	int tag, n = uc_decomposition(c, &tag, parts);

	if (n < 0)
		utf8_put(out, c);
	for (int i = 0; i < n; i++)
		put_decomposed(out, parts[i]);
}

void
collation_put(enum collation by, struct buf *out, struct str s)
{
	while (s.n > 0) {
		uint32_t c = 0;
		size_t octets = by == COLLATION_ASCII ? 0 :
		    str_utf8_char(s, &c);

		if (octets > 1)
			put_decomposed(out, uc_totitle(c));
		else if (octets == 0 && by == COLLATION_UNICODE)
			buf_lit(out, "\xef\xbf\xbd");
		else
			buf_chr(out, ascii_upper(s.p[0]));
		s = str_from(s, octets > 0 ? octets : 1);
	}
}
