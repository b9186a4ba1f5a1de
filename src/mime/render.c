#include "mime/render.h"

#include "mime/param.h"

enum how { QUOTE, ESCAPE, LITERAL };

static enum how
how_to_say(struct str s)
{
	enum how how = QUOTE;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c <= 0 || c == '\r' || c == '\n')
			return LITERAL;
		if (c == '"' || c == '\\')
			how = ESCAPE;
	}
	return how;
}

static void
put_literal(struct buf *out, struct str s)
{
	char *p;

	buf_chr(out, '{');
	buf_u64(out, s.n);
	buf_lit(out, "}\r\n");
	p = buf_room(out, s.n);
	if (!p)
		return;
	for (size_t i = 0; i < s.n; i++)
		p[i] = s.p[i] ? s.p[i] : '?';
	buf_added(out, s.n);
}

static void
put_escaped(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_chr(out, '\\');
		buf_chr(out, s.p[i]);
	}
}

void
render_string(struct buf *out, struct str s)
{
	enum how how = how_to_say(s);

	if (how == LITERAL) {
		put_literal(out, s);
		return;
	}
	buf_chr(out, '"');
	if (how == QUOTE)
		buf_str(out, s);
	else
		put_escaped(out, s);
	buf_chr(out, '"');
}

void
render_nstring(struct buf *out, struct str s)
{
	if (s.p)
		render_string(out, s);
	else
		buf_lit(out, "NIL");
}

void
render_upper(struct buf *out, struct str s)
{
	size_t start = out->n;

	render_string(out, s);
	for (size_t i = start; i < out->n; i++)
		out->p[i] = ascii_upper(out->p[i]);
}

void
render_params(struct buf *out, struct arena *a, struct str rest)
{
	struct param p;
	int n = 0;

	for (; n < PARAM_MAX && param_next(a, &rest, &p); n++) {
		buf_chr(out, n ? ' ' : '(');
		render_upper(out, p.name);
		buf_chr(out, ' ');
		render_string(out, p.value);
	}
	if (n)
		buf_chr(out, ')');
	else
		buf_lit(out, "NIL");
}
