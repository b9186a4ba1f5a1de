#include "base/str.h"

struct str
str_c(const char *c)
{
	return c ? str_make(c, strlen(c)) : STR_NULL;
}

bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
str_eqi(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return true;
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_first(s, prefix.n), prefix);
}

bool
str_startsi(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eqi(str_first(s, prefix.n), prefix);
}

bool
str_endsi(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eqi(str_from(s, s.n - suffix.n), suffix);
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	if (c != 0)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = str_from(s, 1);
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

size_t
str_chr(struct str s, char c)
{
	const char *q = s.n ? memchr(s.p, c, s.n) : NULL;

	return q ? (size_t)(q - s.p) : s.n;
}

size_t
str_rchr(struct str s, char c)
{
	const char *q = s.n ? memrchr(s.p, c, s.n) : NULL;

	return q ? (size_t)(q - s.p) : s.n;
}

size_t
str_find(struct str s, struct str needle)
{
	const char *q;

	if (needle.n == 0)
		return 0;
	q = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return q ? (size_t)(q - s.p) : s.n;
}

size_t
str_findi(struct str s, struct str needle)
{
	for (size_t i = 0; i + needle.n <= s.n; i++)
		if (str_eqi(str_first(str_from(s, i), needle.n), needle))
			return i;
	return s.n;
}

bool
str_cut(struct str s, char c, struct str *head, struct str *tail)
{
	size_t i = str_chr(s, c);

	*head = str_first(s, i);
	*tail = str_from(s, i + 1);
	return i < s.n;
}

bool
str_is_among(struct str one, struct str list, char c)
{
	while (one.n > 0 && list.n > 0)
		if (str_eq(str_next(&list, c), one))
			return true;
	return false;
}

bool
str_is_amongi(struct str one, struct str list, char c)
{
	while (one.n > 0 && list.n > 0)
		if (str_eqi(str_next(&list, c), one))
			return true;
	return false;
}

bool
str_u64(struct str s, uint64_t *v)
{
	uint64_t sum = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_digit(s.p[i]))
			return false;
		if (__builtin_mul_overflow(sum, 10, &sum))
			return false;
		if (__builtin_add_overflow(sum, (uint64_t)(s.p[i] - '0'), &sum))
			return false;
	}
	*v = sum;
	return true;
}

bool
str_hex64(struct str s, uint64_t *v)
{
	uint64_t sum = 0;

	if (s.n == 0 || s.n > 16)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int digit = ascii_hex(s.p[i]);

		if (digit < 0)
			return false;
		sum = sum << 4 | (uint64_t)digit;
	}
	*v = sum;
	return true;
}

bool
str_u32(struct str s, uint32_t *v)
{
	uint64_t wide;

	if (!str_u64(s, &wide) || wide > UINT32_MAX)
		return false;
	*v = (uint32_t)wide;
	return true;
}

bool
str_is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((signed char)s.p[i] <= 0)
			return false;
	return true;
}

bool
str_is_printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_printable(s.p[i]))
			return false;
	return true;
}

/* How many octets of s are one UTF-8 character (RFC 3629 4), 0 if none. */
static size_t
utf8_char(struct str s)
{
	const unsigned char *u = (const unsigned char *)s.p;
	unsigned char low = 0x80, high = 0xbf;
	size_t n;

	if (u[0] < 0x80)
		return u[0] != 0;
	if (u[0] < 0xc2 || u[0] > 0xf4)
		return 0;
	n = u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
	if (s.n < n)
		return 0;
	if (u[0] == 0xe0)
		low = 0xa0; /* no overlong form */
	if (u[0] == 0xed)
		high = 0x9f; /* no surrogates */
	if (u[0] == 0xf0)
		low = 0x90;
	if (u[0] == 0xf4)
		high = 0x8f; /* nothing above U+10FFFF */
	if (u[1] < low || u[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if (u[i] < 0x80 || u[i] > 0xbf)
			return 0;
	return n;
}

size_t
str_utf8_length(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

bool
str_is_utf8(struct str s)
{
	while (s.n > 0) {
		size_t n = utf8_char(s);

		if (n == 0)
			return false;
		s = str_from(s, n);
	}
	return true;
}

size_t
str_utf8_char(struct str s, uint32_t *code)
{
	static const unsigned char first[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	size_t n = s.n > 0 ? utf8_char(s) : 0;
	uint32_t c;

	if (n == 0)
		return 0;
	c = (unsigned char)s.p[0] & first[n];
	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s.p[i] & 0x3f);
	*code = c;
	return n;
}
