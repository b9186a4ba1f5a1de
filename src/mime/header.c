#include "mime/header.h"

/* Octets of the first line with its CRLF; all of s if it has none. */
static size_t
line_octets(struct str s)
{
	size_t i = 0;

	while (i < s.n) {
		const char *lf = memchr(s.p + i, '\n', s.n - i);

		if (!lf)
			break;
		i = (size_t)(lf - s.p) + 1;
		if (i >= 2 && lf[-1] == '\r')
			return i;
	}
	return s.n;
}

/* ftext is %d33-57 and %d59-126 (RFC 5322 2.2); white space ahead of the
 * colon is obsolete but allowed (4.5.8). */
static struct str
name_of(struct str line)
{
	struct str name = str_first(line, str_chr(line, ':'));

	if (name.n == line.n)
		return STR_NULL;
	while (name.n > 0 && ascii_is_wsp(name.p[name.n - 1]))
		name.n--;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= 32 || name.p[i] == 127)
			return STR_NULL;
	return name;
}

static struct str
without_crlf(struct str s)
{
	if (s.n >= 2 && s.p[s.n - 2] == '\r' && s.p[s.n - 1] == '\n')
		s.n -= 2;
	return s;
}

bool
header_next(struct str *block, struct header_field *f)
{
	size_t first = line_octets(*block), n = first;

	if (n == 2 && str_starts(*block, STR("\r\n"))) {
		*block = str_from(*block, 2);
		return false;
	}
	if (n == 0)
		return false;
	while (n < block->n && ascii_is_wsp(block->p[n]))
		n += line_octets(str_from(*block, n));
	f->whole = str_first(*block, n);
	f->name = name_of(str_first(*block, first));
	f->value = without_crlf(f->whole);
	if (f->name.n > 0)
		f->value = str_from(f->value, str_chr(f->value, ':') + 1);
	*block = str_from(*block, n);
	return true;
}

struct str
header_get(struct str block, struct str name)
{
	struct header_field f;

	while (header_next(&block, &f))
		if (f.name.n > 0 && str_eqi(f.name, name))
			return str_trim(f.value);
	return STR_NULL;
}

struct str
header_unfold(struct arena *a, struct str value)
{
	struct str out;
	char *p;

	value = str_trim(value);
	if (str_find(value, STR("\r\n")) == value.n)
		return value;
	p = arena_alloc(a, value.n);
	out = str_make(p, 0);
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\r' && i + 1 < value.n &&
		    value.p[i + 1] == '\n')
			i++;
		else
			p[out.n++] = value.p[i];
	}
	return out;
}

static bool
is_named(struct str name, const struct str *names, size_t n)
{
	for (size_t i = 0; name.n > 0 && i < n; i++)
		if (str_eqi(name, names[i]))
			return true;
	return false;
}

void
header_select(struct buf *out, struct str block, const struct str *names,
    size_t n, bool except)
{
	struct header_field f;

	while (header_next(&block, &f)) {
		if (is_named(f.name, names, n) == except)
			continue;
		buf_str(out, f.whole);
		if (without_crlf(f.whole).n == f.whole.n)
			buf_lit(out, "\r\n"); /* the message ends in it */
	}
	buf_lit(out, "\r\n");
}
