#include "smtp/helo.h"

enum { LITERAL_MAX = 60 };

/* "[192.0.2.1]", "[IPv6:2001:db8::1]"; *bare: without brackets. */
static bool
is_address(struct str helo, struct ip *ip, bool *bare)
{
	*bare = helo.p[0] != '[';
	if (*bare)
		return ip_parse(helo, ip);
	if (helo.n > LITERAL_MAX || helo.p[helo.n - 1] != ']')
		return false;
	helo = str_first(str_from(helo, 1), helo.n - 2);
	if (helo.n > 5 && str_eqi(str_first(helo, 5), STR("IPv6:")))
		helo = str_from(helo, 5);
	return ip_parse(helo, ip);
}

static bool
is_full_name(struct str s)
{
	size_t dot = str_chr(s, '.');

	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && (unsigned char)s.p[i] < 0x80 &&
		    s.p[i] != '-' && s.p[i] != '_' && s.p[i] != '.')
			return false;
	return dot > 0 && dot + 1 < s.n;
}

enum helo_kind
helo_kind(struct str helo, struct str ours, const struct ip *from)
{
	struct ip ip;
	bool bare;

	if (helo.n > 1 && helo.p[helo.n - 1] == '.')
		helo.n--;
	if (helo.n == 0)
		return HELO_PROPER;
	if (str_eqi(helo, ours))
		return HELO_OURS;
	if (is_address(helo, &ip, &bare))
		return bare || ip.v6 != from->v6 || !ip_matches(&ip, from,
		    ip_bits(from)) ? HELO_ADDRESS : HELO_PROPER;
	return is_full_name(helo) ? HELO_PROPER : HELO_NO_NAME;
}
