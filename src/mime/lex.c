#include "mime/lex.h"

bool
lex_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Behind "(": comments nest, and any depth is one counter. */
static struct str
take_comment(struct rd *r)
{
	const char *start = r->p;
	size_t depth = 1;
	int c;

	while ((c = rd_peek(r)) >= 0) {
		r->p++;
		if (c == '\\' && rd_peek(r) >= 0)
			r->p++;
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0)
			return str_make(start, (size_t)(r->p - start) - 1);
	}
	return str_make(start, (size_t)(r->p - start));
}

bool
lex_cfws(struct rd *r, struct str *comment)
{
	const char *start = r->p;

	for (;;) {
		struct str inside;

		(void)rd_while(r, lex_is_space);
		if (!rd_opt(r, '('))
			return r->p != start;
		inside = take_comment(r);
		if (comment)
			*comment = inside;
	}
}

struct str
lex_quoted(struct rd *r)
{
	const char *start = r->p;
	int c;

	while ((c = rd_peek(r)) >= 0) {
		r->p++;
		if (c == '\\' && rd_peek(r) >= 0)
			r->p++;
		else if (c == '"')
			return str_make(start, (size_t)(r->p - start) - 1);
	}
	return str_make(start, (size_t)(r->p - start));
}

size_t
lex_unescape(char *p, struct str raw)
{
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		if (raw.p[i] == '\r' || raw.p[i] == '\n')
			continue;
		if (raw.p[i] == '\\' && i + 1 < raw.n)
			i++;
		p[n++] = raw.p[i];
	}
	return n;
}
