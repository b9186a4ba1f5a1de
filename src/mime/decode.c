#include "mime/decode.h"

static int
value64(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

void
decode_base64_more(struct base64 *b, struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n && !b->over; i++) {
		int d = value64(text.p[i]);

		b->over = text.p[i] == '=';
		if (d < 0)
			continue;
		b->v = (b->v << 6 | (uint32_t)d) & 0xffff;
		b->bits += 6;
		if (b->bits >= 8) {
			b->bits -= 8;
			buf_chr(out, (char)(b->v >> b->bits));
		}
	}
}

void
decode_base64(struct buf *out, struct str text)
{
	struct base64 b = { 0 };

	decode_base64_more(&b, out, text);
}

/* The octet of the two hex digits behind text.p[i]; -1 if they are none. */
static int
hex_octet(struct str text, size_t i)
{
	int high, low;

	if (text.n - i < 3)
		return -1;
	high = ascii_hex(text.p[i + 1]);
	low = ascii_hex(text.p[i + 2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* A soft line break at text.p[i]: white space may stand ahead of the CRLF
 * (RFC 2045 6.7 rule 3). Its octets, 0 if it is none. */
static size_t
soft_break(struct str text, size_t i)
{
	size_t k = i + 1;

	while (k < text.n && (text.p[k] == ' ' || text.p[k] == '\t'))
		k++;
	if (k < text.n && text.p[k] == '\n')
		return k + 1 - i;
	if (text.n - k >= 2 && text.p[k] == '\r' && text.p[k + 1] == '\n')
		return k + 2 - i;
	return k == text.n && k > i + 1 ? k - i : 0;
}

void
decode_qp(struct buf *out, struct str text, bool q)
{
	for (size_t i = 0; i < text.n; i++) {
		int octet = text.p[i] == '=' ? hex_octet(text, i) : -1;
		size_t skip;

		if (octet >= 0) {
			buf_chr(out, (char)octet);
			i += 2;
		} else if (!q && text.p[i] == '=' &&
		    (skip = soft_break(text, i)) > 0) {
			i += skip - 1;
		} else {
			buf_chr(out, q && text.p[i] == '_' ? ' ' : text.p[i]);
		}
	}
}

void
decode_percent(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		int octet = text.p[i] == '%' ? hex_octet(text, i) : -1;

		buf_chr(out, octet >= 0 ? (char)octet : text.p[i]);
		i += octet >= 0 ? 2 : 0;
	}
}
