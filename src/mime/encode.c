#include "mime/encode.h"

#include "base/b64.h"

enum {
	LINE_MAX_OCTETS = 998,	/* RFC 5322 2.1.1 */
	QP_COLUMNS = 75,	/* and the "=" of a line that goes on */
};

const char *
encode_name(enum encoding e)
{
	static const char *const names[ENCODE_N] = { "7bit", "8bit",
		"quoted-printable", "base64" };

	return names[e];
}

/* ---- which? -------------------------------------------------------------- */

static bool
is_quoted(char c)
{
	return c == '=' || (c < ' ' && c != '\t') || c > '~';
}

/* Boundaries of ours begin so (build.c); in quoted-printable nothing does, for
 * "=" is written as "=3D". */
static void
look_for_delimiter(struct encode_survey *s, char c)
{
	static const char start[] = { '-', '-', '=', '_' };

	if (s->dashes != s->line || s->dashes >= sizeof(start))
		return;
	if (c != start[s->dashes])
		s->dashes = UINT8_MAX;
	else if (++s->dashes == sizeof(start))
		s->delimiter = true;
}

void
encode_look(struct encode_survey *s, struct str octets)
{
	for (size_t i = 0; i < octets.n; i++) {
		char c = octets.p[i], last = s->last;

		s->last = c;
		s->octets++;
		if (c == '\n' && last == '\r') {
			s->line = s->dashes = 0;
			continue;
		}
		s->bare |= last == '\r' || c == '\n';
		if (c == '\r')
			continue;
		look_for_delimiter(s, c);
		s->line++;
		if (s->line > s->longest)
			s->longest = s->line;
		s->nul |= c == 0;
		s->eight |= (unsigned char)c > 0x7f;
		s->quoted += is_quoted(c);
	}
}

bool
encode_is_lines(const struct encode_survey *s)
{
	return !s->nul && !s->bare && s->last != '\r' &&
	    s->longest <= LINE_MAX_OCTETS;
}

enum encoding
encode_choose(const struct encode_survey *s)
{
	if (encode_is_lines(s) && !s->eight && !s->delimiter)
		return ENCODE_7BIT;
	/* base64 is a third more; what people can read may be half more. */
	return s->quoted > s->octets / 4 ? ENCODE_BASE64 : ENCODE_QP;
}

/* ---- quoted-printable ---------------------------------------------------- */

static void
put_qp(struct encoder *e, struct buf *out, char c, bool quoted)
{
	/* No delimiter begins a line, whatever the boundary. */
	quoted |= c == '-' && e->column == 0;
	if (e->column + (quoted ? 3 : 1) > QP_COLUMNS) {
		buf_lit(out, "=\r\n");
		e->column = 0;
		quoted |= c == '-';
	}
	if (quoted)
		buf_printf(out, "=%02X", (unsigned char)c);
	else
		buf_chr(out, c);
	e->column += quoted ? 3 : 1;
}

/* What was held back is not the end of a line. */
static void
let_go(struct encoder *e, struct buf *out, bool last)
{
	if (e->space)
		put_qp(e, out, e->space, last && !e->cr);
	if (e->cr)
		put_qp(e, out, '\r', true);
	e->space = 0;
	e->cr = false;
}

/* Rule 3: white space ends no line.                            RFC 2045 6.7 */
static void
end_line(struct encoder *e, struct buf *out)
{
	if (e->space)
		put_qp(e, out, e->space, true);
	buf_lit(out, "\r\n");
	e->column = 0;
	e->space = 0;
	e->cr = false;
}

static void
more_qp(struct encoder *e, struct buf *out, struct str octets)
{
	for (size_t i = 0; i < octets.n; i++) {
		char c = octets.p[i];

		if (c == '\n' && e->cr) {
			end_line(e, out);
			continue;
		}
		if (c == '\r' && !e->cr) {
			e->cr = true;
			continue;
		}
		let_go(e, out, false);
		if (c == '\r')
			e->cr = true;
		else if (ascii_is_wsp(c))
			e->space = c;
		else
			put_qp(e, out, c, is_quoted(c));
	}
}

/* ---- base64 -------------------------------------------------------------- */

static void
put_line(struct encoder *e, struct buf *out, struct str octets)
{
	if (e->begun)
		buf_lit(out, "\r\n");
	b64_put(out, octets);
	e->begun = true;
}

static void
more_base64(struct encoder *e, struct buf *out, struct str octets)
{
	while (octets.n > 0) {
		struct str part = str_first(octets,
		    sizeof(e->held) - e->nheld);

		memcpy(e->held + e->nheld, part.p, part.n);
		e->nheld += part.n;
		octets = str_from(octets, part.n);
		if (e->nheld < sizeof(e->held))
			return;
		put_line(e, out, str_make(e->held, e->nheld));
		e->nheld = 0;
	}
}

/* ---- any ----------------------------------------------------------------- */

void
encode_begin(struct encoder *e, enum encoding how)
{
	*e = (struct encoder){ .how = how };
}

void
encode_more(struct encoder *e, struct buf *out, struct str octets)
{
	if (e->how == ENCODE_QP)
		more_qp(e, out, octets);
	else if (e->how == ENCODE_BASE64)
		more_base64(e, out, octets);
	else
		buf_str(out, octets);
}

void
encode_end(struct encoder *e, struct buf *out)
{
	if (e->how == ENCODE_QP)
		let_go(e, out, true);
	if (e->how == ENCODE_BASE64 && e->nheld > 0)
		put_line(e, out, str_make(e->held, e->nheld));
}
