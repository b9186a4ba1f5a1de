#include "base/err.h"
#include "trust/dkim_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
gather(void *arg, struct str octets)
{
	buf_str(arg, octets);
}

/* What the rules say, one after the other, on the whole body: the streaming
 * form must give the same.                              RFC 6376 3.4.4 */
static void
by_the_rules(struct str body, struct buf *out)
{
	auto_buf kept = BUF_INIT(2 * body.n + 64);
	struct str rest = body;
	size_t n;

	while (rest.n > 0) {
		size_t len = str_find(rest, STR("\r\n"));
		bool space = false;

		for (size_t i = 0; i < len; i++) {
			bool is = rest.p[i] == ' ' || rest.p[i] == '\t';

			if (!is && space)
				buf_chr(&kept, ' ');
			if (!is)
				buf_chr(&kept, rest.p[i]);
			space = is;
		}
		buf_lit(&kept, "\r\n");
		rest = str_from(rest, len + 2);
	}
	n = kept.n;
	while (n >= 4 && memcmp(kept.p + n - 4, "\r\n\r\n", 4) == 0)
		n -= 2;
	if (n == 2)
		n = 0;
	buf_put(out, kept.p, n);
}

/* RFC 6376 3.4.3 */
static void
simple_by_the_rules(struct str s, struct buf *out)
{
	while (s.n >= 2 && str_endsi(s, STR("\r\n")))
		s.n -= 2;
	buf_str(out, s);
	buf_lit(out, "\r\n");
}

/* The first octet says how it is cut. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf whole = BUF_INIT(2 * size + 64), cut = BUF_INIT(2 * size + 64);
	auto_buf want = BUF_INIT(2 * size + 64);
	struct str s = str_make((const char *)data, size);
	size_t step = size ? data[0] % 7 + 1 : 1;
	static struct dkim_body body;
	static struct dkim_text text;

	dkim_body_init(&body, false, (struct dkim_hash){ gather, &whole });
	dkim_body_feed(&body, s);
	dkim_body_finish(&body);
	by_the_rules(s, &want);
	bug_if(!str_eq(buf_get(&whole), buf_get(&want)));
	dkim_body_init(&body, false, (struct dkim_hash){ gather, &cut });
	for (size_t i = 0; i < size; i += step)
		dkim_body_feed(&body, str_first(str_from(s, i), step));
	dkim_body_finish(&body);
	bug_if(!str_eq(buf_get(&whole), buf_get(&cut)));

	buf_reset(&cut);
	dkim_body_init(&body, true, (struct dkim_hash){ gather, &cut });
	for (size_t i = 0; i < size; i += step)
		dkim_body_feed(&body, str_first(str_from(s, i), step));
	dkim_body_finish(&body);
	buf_reset(&want);
	simple_by_the_rules(s, &want);
	bug_if(!str_eq(buf_get(&want), buf_get(&cut)));

	buf_reset(&cut);
	dkim_text_init(&text, (struct dkim_hash){ gather, &cut });
	for (size_t i = 0; i < size; i += step)
		dkim_text_feed(&text, str_first(str_from(s, i), step));
	bug_if(dkim_text_finish(&text) &&
	    !str_starts(s, buf_get(&text.header)));
	dkim_text_free(&text);
	return 0;
}
