#include "jmap/out.h"

#include <string.h>

#include "http/http.h"
#include "mime/charset.h"

static void
begin_value(struct buf *b)
{
	char last = b->n > 0 ? b->p[b->n - 1] : '[';

	if (last != '{' && last != '[' && last != ':')
		buf_chr(b, ',');
}

void
out_open(struct buf *b, char bracket)
{
	begin_value(b);
	buf_chr(b, bracket);
}

void
out_close(struct buf *b, char bracket)
{
	buf_chr(b, bracket);
}

void
out_name(struct buf *b, const char *name)
{
	out_key(b, str_c(name));
}

void
out_key(struct buf *b, struct str name)
{
	begin_value(b);
	http_json_str(b, name);
	buf_chr(b, ':');
}

void
out_str(struct buf *b, struct str text)
{
	begin_value(b);
	if (text.p)
		http_json_str(b, text);
	else
		buf_lit(b, "null");
}

void
out_null(struct buf *b)
{
	out_str(b, STR_NULL);
}

void
out_bool(struct buf *b, bool v)
{
	begin_value(b);
	buf_str(b, v ? STR("true") : STR("false"));
}

void
out_u64(struct buf *b, uint64_t v)
{
	begin_value(b);
	buf_u64(b, v);
}

static int
put_piece(const char *octets, size_t n, void *arg)
{
	buf_put(arg, octets, n);
	return 0;
}

void
out_json(struct buf *b, const json_t *v)
{
	begin_value(b);
	(void)json_dump_callback(v, put_piece, b,
	    JSON_COMPACT | JSON_ENCODE_ANY);
}

void
out_id(struct buf *b, char kind, uint64_t number)
{
	begin_value(b);
	buf_printf(b, "\"%c%ju\"", kind, (uintmax_t)number);
}

void
out_put_str(struct buf *b, const char *name, struct str text)
{
	out_name(b, name);
	out_str(b, text);
}

void
out_put_bool(struct buf *b, const char *name, bool v)
{
	out_name(b, name);
	out_bool(b, v);
}

void
out_put_u64(struct buf *b, const char *name, uint64_t v)
{
	out_name(b, name);
	out_u64(b, v);
}

void
out_put_null(struct buf *b, const char *name)
{
	out_name(b, name);
	out_null(b);
}

void
out_put_description(struct buf *b, const char *why)
{
	auto_buf clean = BUF_INIT(3 * strlen(why) + 1);

	utf8_put_clean(&clean, str_c(why));
	if (clean.n > 0)
		out_put_str(b, "description", buf_get(&clean));
}
