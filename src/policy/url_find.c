#include "policy/url_find.h"

#include "base/ip.h"
#include "dns/name.h"
#include "dns/public_suffix.h"

enum { AUTHORITY_MAX = 1000, HREF_MAX = 2000 };

static const struct str schemes[] = { STR("https"), STR("http"), STR("ftp") };

static bool
ends_authority(char c)
{
	return (uint8_t)c <= ' ' || c == 0x7f ||
	    strchr("/\\?#<>\"'`|,;{}()", c);
}

/* "%2e" is a dot there. */
static struct str
without_percents(struct str s, struct arena *a)
{
	char *out = arena_alloc(a, s.n);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int high = -1, low = -1;

		if (s.p[i] == '%' && s.n - i > 2) {
			high = ascii_hex(s.p[i + 1]);
			low = ascii_hex(s.p[i + 2]);
		}
		if (high >= 0 && low >= 0)
			i += 2;
		out[n++] = (char)(high >= 0 && low >= 0 ? high << 4 | low :
		    s.p[i]);
	}
	return str_make(out, n);
}

/* One number of an address: 10, 0xa, 012. */
static bool
read_number(struct str s, uint64_t *v)
{
	unsigned base = 10;

	if (s.n > 1 && s.p[0] == '0') {
		base = ascii_lower(s.p[1]) == 'x' ? 16 : 8;
		s = str_from(s, base == 16 ? 2 : 1);
	} else if (s.n == 0) {
		return false;
	}
	*v = 0;
	for (size_t i = 0; i < s.n; i++) {
		int digit = ascii_hex(s.p[i]);

		if (digit < 0 || (unsigned)digit >= base || *v > UINT32_MAX)
			return false;
		*v = *v * base + (unsigned)digit;
	}
	return *v <= UINT32_MAX;
}

/* 192.0.2.1, 3221225985, 0xc0.0.513: the last number has all that is left. */
static bool
read_ipv4(struct str host, struct ip *ip)
{
	uint64_t v = 0, all = 0;
	struct str one;
	unsigned n = 0;
	bool more;

	do {
		more = str_cut(host, '.', &one, &host);
		if (n == 4 || !read_number(one, &v) || (more && v > 255))
			return false;
		if (more)
			all |= v << (24 - 8 * n++);
	} while (more);
	if (v >> (32 - 8 * n) != 0)
		return false;
	all |= v;
	*ip = (struct ip){ .octets = { (uint8_t)(all >> 24),
		(uint8_t)(all >> 16), (uint8_t)(all >> 8), (uint8_t)all } };
	return true;
}

static bool
read_address(struct str host, struct ip *ip)
{
	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		return ip_parse(str_make(host.p + 1, host.n - 2), ip);
	return read_ipv4(host, ip);
}

/* Where no space stands behind a URL, as between words of Chinese. */
static struct str
ascii_start(struct str s)
{
	size_t n = 0;

	while (n < s.n && (uint8_t)s.p[n] < 0x80)
		n++;
	return str_first(s, n);
}

static bool
read_name(struct str host, struct arena *a, struct str *name)
{
	struct str start = ascii_start(host);

	if (start.n < host.n && public_suffix_listed(start) &&
	    !(dns_name(host, a, name) && public_suffix_listed(*name)))
		return dns_name(start, a, name);
	return dns_name(host, a, name) && str_chr(*name, '.') < name->n;
}

/* RFC 3986 3.2: [userinfo "@"] host [":" port] */
static bool
read_authority(struct str s, struct arena *a, struct url_found *out)
{
	size_t at = str_rchr(s, '@'), colon;
	struct str host = at < s.n ? str_from(s, at + 1) : s;
	struct ip ip;

	*out = (struct url_found){ .user = at < s.n ? str_first(s, at) :
		STR_NULL };
	colon = str_rchr(host, ':');
	if (colon < host.n && str_chr(str_from(host, colon), ']') ==
	    host.n - colon)
		host = str_first(host, colon);
	host = without_percents(host, a);
	while (host.n > 0 && host.p[host.n - 1] == '.')
		host.n--;
	if (read_address(host, &ip)) {
		auto_buf b = BUF_INIT(64);

		ip_put(&b, &ip);
		out->host = str_dup(a, buf_get(&b));
		out->number = true;
		return true;
	}
	return read_name(host, a, &out->host);
}

/* The authority at the front of *text, which goes behind it. */
static bool
take_authority(struct str *text, struct arena *a, struct url_found *out)
{
	size_t n = 0;
	struct str s;

	while (n < text->n && !ends_authority(text->p[n]))
		n++;
	s = str_first(*text, n);
	*text = str_from(*text, n);
	return n <= AUTHORITY_MAX && read_authority(s, a, out);
}

/* Does a scheme end at octet i, where a colon is? */
static bool
is_scheme(struct str text, size_t i)
{
	for (size_t k = 0; k < NELEM(schemes); k++)
		if (i >= schemes[k].n && str_eqi(schemes[k], str_make(
		    text.p + i - schemes[k].n, schemes[k].n)))
			return true;
	return false;
}

static bool
is_slash(char c)
{
	return c == '/' || c == '\\';
}

static bool
begins_here(struct str text, size_t i, size_t *skip)
{
	if (text.p[i] == ':' && text.n - i > 3 && is_slash(text.p[i + 1]) &&
	    is_slash(text.p[i + 2]) && is_scheme(text, i)) {
		*skip = 3;
		return true;
	}
	*skip = 0;
	return ascii_lower(text.p[i]) == 'w' && (i == 0 ||
	    (!ascii_is_alnum(text.p[i - 1]) &&
	    !strchr("-._@/", text.p[i - 1]))) &&
	    str_startsi(str_from(text, i), STR("www."));
}

bool
url_find_next(struct str *text, struct arena *a, struct url_found *out)
{
	size_t skip;

	for (size_t i = 0; i < text->n; i++) {
		if (!begins_here(*text, i, &skip))
			continue;
		*text = str_from(*text, i + skip);
		if (take_authority(text, a, out))
			return true;
		/* It may have been of no length. */
		i = 0;
	}
	*text = STR_NULL;
	return false;
}

/* Browsers drop line ends and tabs anywhere, spaces around. */
static struct str
without_space(struct str s, struct arena *a)
{
	char *out = arena_alloc(a, s.n);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if ((uint8_t)s.p[i] > ' ')
			out[n++] = s.p[i];
	return str_make(out, n);
}

bool
url_find_href(struct str text, struct arena *a, struct url_found *out)
{
	struct str s = without_space(str_first(text, HREF_MAX), a);
	size_t i = str_chr(s, ':');

	if (i < s.n && is_scheme(s, i) && i <= 5)
		s = str_from(s, i + 1);
	else if (s.n < 2 || !is_slash(s.p[0]) || !is_slash(s.p[1]))
		return false;
	while (s.n > 0 && is_slash(s.p[0]))
		s = str_from(s, 1);
	return take_authority(&s, a, out);
}

bool
url_find_shown(struct str text, struct arena *a, struct url_found *out)
{
	struct str s = str_trim(text);
	size_t i;

	for (size_t k = 0; k < s.n; k++)
		if ((uint8_t)s.p[k] <= ' ')
			return false;
	i = str_find(s, STR("://"));
	if (i < s.n && i <= 5 && is_scheme(s, i))
		s = str_from(s, i + 3);
	else if (str_chr(s, '@') < s.n)
		return false;
	if (!take_authority(&s, a, out))
		return false;
	return i <= 5 || out->number || public_suffix_listed(out->host);
}
