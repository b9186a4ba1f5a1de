/*
 * dsn_put.c - octets of strangers made fit for the lines of a report.
 */
#include "relay/dsn_int.h"

enum {
	WRAP_COLUMN = 76,
	WORD_MAX = 700,		/* of one line; then it is cut */
};

static bool
is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7f;
}

/* Characters of more than one octet that end lines or turn the direction of
 * what follows: U+0080-9F, U+2028-202E, U+2066-2069. */
static bool
is_unfit(struct str c)
{
	const unsigned char *p = (const unsigned char *)c.p;

	if (c.n == 2)
		return p[0] == 0xc2 && p[1] < 0xa0;
	if (c.n != 3 || p[0] != 0xe2)
		return false;
	return (p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae) ||
	    (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

/* Take a character off: a space for a control, "?" for what is none. */
static struct str
next_char(struct str *s, bool ascii)
{
	unsigned char c = (unsigned char)s->p[0];
	size_t n = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	struct str one = str_first(*s, n);

	if (is_control(c) || c < 0x80) {
		*s = str_from(*s, 1);
		return is_control(c) ? STR(" ") : str_first(one, 1);
	}
	if (one.n < n || !str_is_utf8(one)) {
		*s = str_from(*s, 1);
		return STR("?");
	}
	*s = str_from(*s, n);
	return ascii || is_unfit(one) ? STR("?") : one;
}

void
dsn_put_safe(struct buf *out, struct str s, bool ascii)
{
	while (s.n > 0)
		buf_str(out, next_char(&s, ascii));
}

/* Take the next word off; empty at the end. */
static struct str
next_word(struct str *s, char *word, bool ascii)
{
	size_t n = 0;

	while (s->n > 0 && n + 4 < WORD_MAX) {
		struct str c = next_char(s, ascii);

		if (c.p[0] != ' ') {
			memcpy(word + n, c.p, c.n);
			n += c.n;
		} else if (n > 0) {
			break;
		}
	}
	return str_make(word, n);
}

void
dsn_put_wrapped(struct buf *out, struct str s, struct dsn_wrap w)
{
	char room[WORD_MAX];
	struct str word;
	bool first = true;

	while ((word = next_word(&s, room, w.ascii)).n > 0) {
		if (!first && w.column + 1 + word.n > WRAP_COLUMN) {
			buf_lit(out, "\r\n");
			buf_str(out, w.indent);
			w.column = w.indent.n;
		} else if (!first) {
			buf_lit(out, " ");
			w.column++;
		}
		buf_str(out, word);
		w.column += word.n;
		first = false;
	}
}
