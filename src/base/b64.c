#include "base/b64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "abcdefghijklmnopqrstuvwxyz0123456789+/";

void
b64_put(struct buf *b, struct str octets)
{
	for (size_t i = 0; i < octets.n; i += 3) {
		size_t n = octets.n - i < 3 ? octets.n - i : 3;
		uint32_t v = 0;
		char four[4];

		for (size_t k = 0; k < 3; k++)
			v = v << 8 |
			    (k < n ? (unsigned char)octets.p[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			four[k] = k <= n ? alphabet[v >> (18 - 6 * k) & 63]
					 : '=';
		buf_put(b, four, 4);
	}
}

static int
value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters at q, of which the first `have` are digits. */
static bool
decode_four(const char *q, size_t have, char *out)
{
	uint32_t v = 0;

	for (size_t k = 0; k < 4; k++) {
		int d = k < have ? value_of(q[k]) : 0;

		if (d < 0)
			return false;
		v = v << 6 | (uint32_t)d;
	}
	for (size_t k = 0; k + 1 < have; k++)
		out[k] = (char)(v >> (16 - 8 * k));
	/* RFC 4648 3.5: the bits nobody reads must be zero. */
	return have == 4 || (v & (have == 3 ? 0xffu : 0xffffu)) == 0;
}

bool
b64_decode(struct str text, struct arena *a, struct str *out)
{
	size_t pad = 0, n = 0;
	char *p;

	if (text.n % 4 != 0)
		return false;
	while (pad < 2 && pad < text.n && text.p[text.n - 1 - pad] == '=')
		pad++;
	p = arena_alloc(a, text.n / 4 * 3 + 1);
	for (size_t i = 0; i < text.n; i += 4) {
		size_t have = i + 4 == text.n ? 4 - pad : 4;

		if (!decode_four(text.p + i, have, p + n))
			return false;
		n += have - 1;
	}
	*out = str_make(p, n);
	return true;
}

bool
b64url_decode(struct str text, struct arena *a, struct str *out)
{
	size_t n = text.n + (4 - text.n % 4) % 4;
	char *p = arena_alloc(a, n + 1);

	for (size_t i = 0; i < n; i++) {
		char c = i < text.n ? text.p[i] : '=';

		if (i < text.n && (c == '+' || c == '/' || c == '='))
			return false;
		p[i] = c == '-' ? '+' : c == '_' ? '/' : c;
	}
	return b64_decode(str_make(p, n), a, out);
}
