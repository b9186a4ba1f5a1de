/*
 * First octet: to 7 or 8 bits; second: in pieces of which size; third: by how
 * much the rest is stretched, for a window is long. What came whole and what
 * came cut are the same, and what comes out is what was promised.
 */
#include "mime/downgrade_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each line of "@" becomes n of what follows it. */
static void
stretch(struct str in, uint8_t n, struct buf *out)
{
	struct str line;

	while (in.n > 0) {
		size_t lf = str_chr(in, '\n');

		line = str_first(in, lf + 1);
		in = str_from(in, line.n);
		if (line.p[0] != '@')
			buf_str(out, line);
		for (unsigned i = 0; line.p[0] == '@' && i < n * 16u; i++)
			buf_str(out, str_from(line, 1));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { MOST = 4 << 20 };
	auto_buf text = BUF_INIT(MOST);
	auto_buf whole = BUF_INIT(8 * MOST), cut = BUF_INIT(8 * MOST);
	enum downgrade_fault fault;
	enum downgrade_to to;
	bool changed, same;

	if (size < 3)
		return 0;
	to = data[0] % 2 ? DOWNGRADE_8BIT : DOWNGRADE_7BIT;
	stretch(str_make((const char *)data + 3, size - 3), data[2] % 32,
	    &text);
	if (buf_failed(&text))
		return 0;
	fault = downgrade_all(&whole, to, buf_get(&text), SIZE_MAX / 2,
	    &changed);
	bug_if(downgrade_all(&cut, to, buf_get(&text), data[1] + 1u,
	    &same) != fault || same != changed);
	bug_if(!str_eq(buf_get(&whole), buf_get(&cut)));
	if (fault != DOWNGRADE_FINE)
		return 0;
	bug_if(!changed && !str_eq(buf_get(&whole), buf_get(&text)));
	check_downgraded(to, buf_get(&text), buf_get(&whole));
	return 0;
}
