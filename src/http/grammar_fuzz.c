/*
 * A head in lines that CRLF ends, and what comes behind it in chunks: what is
 * found lies inside of it or of the arena, and both ways to cut chunks say the
 * same.
 */
#include "base/buf.h"
#include "base/err.h"
#include "http/chunked.h"
#include "http/grammar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
next_line(struct str *in, struct str *line)
{
	size_t n = str_find(*in, STR("\r\n"));

	*line = str_first(*in, n);
	if (n == in->n)
		return false;
	*in = str_from(*in, n + 2);
	return true;
}

static void
check_field(const struct http_field *f)
{
	bug_if(f->name.n == 0);
	for (size_t i = 0; i < f->value.n; i++)
		bug_if(f->value.p[i] == '\r' || f->value.p[i] == '\n' ||
		    f->value.p[i] == '\0');
}

static void
check_head(struct http_head *h)
{
	struct str name, port, value;

	if (http_head_end(h))
		return;
	bug_if(h->chunked && h->has_length);
	bug_if(h->minor > 0 && !http_host(h->host, &name, &port));
	bug_if(h->nsegments > HTTP_SEGMENTS_MAX);
	for (size_t i = 0; i < h->nsegments; i++) {
		bug_if(h->segment[i].n == 0);
		bug_if(memchr(h->segment[i].p, 0, h->segment[i].n));
	}
	for (size_t i = 0; i < h->nfields; i++)
		check_field(&h->field[i]);
	if (http_field_of(h, STR("Cookie"), &value))
		(void)!http_cookie(value, STR("a"), &name);
}

static enum chunked_at
decode(struct str in, size_t piece, struct buf *out)
{
	struct chunked c = { 0 };

	while (in.n > 0 && c.at != CHUNKED_OVER && c.at != CHUNKED_BAD) {
		struct str data;
		size_t n = chunked_take(&c, str_first(in, piece), &data);

		bug_if(n == 0 || n > in.n || data.n > n);
		buf_str(out, data);
		in = str_from(in, n);
	}
	return c.at;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_make((const char *)data, size), line;
	struct arena *a = arena_new(1 << 22);
	auto_buf whole = BUF_INIT(1 << 22), octets = BUF_INIT(1 << 22);
	struct http_head *h = arena_new_of(a, struct http_head);
	bool good = size <= 1 << 20 && next_line(&in, &line) &&
	    http_head_begin(h, line, a) == 0;

	while (good && next_line(&in, &line) && line.n > 0)
		good = http_head_field(h, line) == 0;
	if (good) {
		check_head(h);
		bug_if(decode(in, SIZE_MAX, &whole) !=
		    decode(in, 1, &octets));
		bug_if(!str_eq(buf_get(&whole), buf_get(&octets)));
	}
	arena_free(a);
	return 0;
}
