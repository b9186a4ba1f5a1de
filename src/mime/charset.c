#include "mime/charset.h"

static bool
is_latin1(struct str charset)
{
	return str_eqi(charset, STR("iso-8859-1")) ||
	    str_eqi(charset, STR("latin1"));
}

bool
charset_known(struct str charset)
{
	return charset.n == 0 || is_latin1(charset) ||
	    str_eqi(charset, STR("utf-8")) || str_eqi(charset, STR("utf8")) ||
	    str_eqi(charset, STR("us-ascii")) ||
	    str_eqi(charset, STR("ascii"));
}

void
charset_put(struct buf *out, struct str charset, struct str octets)
{
	if (!is_latin1(charset)) {
		buf_str(out, octets);
		return;
	}
	for (size_t i = 0; i < octets.n; i++) {
		unsigned char c = (unsigned char)octets.p[i];

		if (c < 0x80) {
			buf_chr(out, (char)c);
			continue;
		}
		buf_chr(out, (char)(0xc0 | c >> 6));
		buf_chr(out, (char)(0x80 | (c & 0x3f)));
	}
}

/* Octets of the character s begins with; 0 if it is none (RFC 3629 4). */
static size_t
char_octets(struct str s)
{
	unsigned char c = (unsigned char)s.p[0];
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	return s.n >= n && str_is_utf8(str_first(s, n)) ? n : 0;
}

/* C0, DEL, and C1 (which is two octets of UTF-8). */
static bool
is_control(struct str s)
{
	unsigned char c = (unsigned char)s.p[0];

	return c < 32 || c == 127 ||
	    (c == 0xc2 && s.n > 1 && (unsigned char)s.p[1] >= 0x80 &&
		(unsigned char)s.p[1] < 0xa0);
}

/* Printable ASCII at the start of s; sixteen at a time, for it is nearly all
 * that there is. */
static size_t
plain_octets(struct str s)
{
	typedef signed char lanes __attribute__((vector_size(16)));
	uint64_t odd[2] = { 0, 0 };
	size_t n = 0;
	lanes v;

	for (; s.n - n >= sizeof(v); n += sizeof(v)) {
		memcpy(&v, s.p + n, sizeof(v));
		v = (lanes)(v < 32) | (lanes)(v == 127);
		memcpy(odd, &v, sizeof(v));
		if (odd[0] | odd[1])
			break;
	}
	while (n < s.n && s.p[n] >= 32 && s.p[n] < 127)
		n++;
	return n;
}

void
utf8_put_clean(struct buf *out, struct str s)
{
	while (s.n > 0) {
		size_t n = plain_octets(s);

		buf_str(out, str_first(s, n));
		s = str_from(s, n);
		if (s.n == 0)
			return;
		n = char_octets(s);
		if (is_control(s))
			buf_chr(out, ' ');
		else if (n == 0)
			buf_lit(out, "\xef\xbf\xbd");
		else
			buf_str(out, str_first(s, n));
		s = str_from(s, n ? n : 1);
	}
}

struct str
utf8_first(struct str s, size_t n)
{
	if (n >= s.n)
		return s;
	while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return str_first(s, n);
}
