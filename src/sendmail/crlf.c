#include "sendmail/crlf.h"

static void
end_line(struct crlf *c, struct buf *out)
{
	if (c->dot && c->dot_ends) {
		c->done = true;
		return;
	}
	if (c->dot)
		buf_chr(out, '.');
	buf_lit(out, "\r\n");
	*c = (struct crlf){ .dot_ends = c->dot_ends };
}

static void
put_waiting(struct crlf *c, struct buf *out)
{
	if (c->dot)
		buf_chr(out, '.');
	c->dot = false;
	for (; c->crs > 0; c->crs--)
		buf_chr(out, ' ');
}

static bool
is_plain(char c)
{
	return c != '\n' && c != '\r' && c != '\0';
}

static size_t
feed_some(struct crlf *c, struct str s, struct buf *out)
{
	size_t n = 1;

	switch (s.p[0]) {
	case '\0':
		return 1;
	case '\n':
		end_line(c, out);
		return 1;
	case '\r':
		c->crs++;
		return 1;
	}
	if (s.p[0] == '.' && c->column == 0 && c->crs == 0) {
		c->dot = true;
		c->column = 1;
		return 1;
	}
	while (n < s.n && is_plain(s.p[n]))
		n++;
	put_waiting(c, out);
	buf_put(out, s.p, n);
	c->column += n;
	return n;
}

void
crlf_feed(struct crlf *c, struct str octets, struct buf *out)
{
	while (octets.n > 0 && !c->done)
		octets = str_from(octets, feed_some(c, octets, out));
}

void
crlf_finish(struct crlf *c, struct buf *out)
{
	if (!c->done && (c->column > 0 || c->crs > 0))
		end_line(c, out);
}

/* field-name ":"; ftext is %d33-57 / %d59-126           RFC 5322 2.2, 3.6.8 */
static bool
is_field(struct str line)
{
	size_t i = 0;

	while (i < line.n && line.p[i] > ' ' && line.p[i] < 0x7f &&
	    line.p[i] != ':')
		i++;
	if (i == 0)
		return false;
	while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'))
		i++;	/* 4.5: obsolete, but seen */
	return i < line.n && line.p[i] == ':';
}

bool
crlf_header(struct str text, bool last, size_t *from, size_t *header,
    size_t *body)
{
	size_t at = 0;
	bool any = false;

	*from = 0;
	while (at < text.n) {
		struct str rest = str_from(text, at);
		size_t n = str_find(rest, STR("\r\n"));
		struct str line = str_first(rest, n);

		if (n == rest.n && !last)
			return false;
		if (at == 0 && str_starts(line, STR("From "))) {
			*from = at = n + 2 < text.n ? n + 2 : text.n;
			continue;
		}
		if (n == 0) {
			*header = at;
			*body = at + 2;
			return true;
		}
		if (!is_field(line) &&
		    !(any && (line.p[0] == ' ' || line.p[0] == '\t')))
			break;
		any = true;
		at += n == rest.n ? n : n + 2;
	}
	*header = *body = at;
	return at < text.n || last;
}
