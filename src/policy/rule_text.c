#include "policy/rule_text.h"

#include "base/ip.h"

/* What cannot be a domain by its last label is an address of a host that is
 * written wrongly. */
static bool
is_domain(struct str s)
{
	struct str top = str_from(s, str_rchr(s, '.') + 1);

	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && !strchr("-_.", s.p[i]))
			return false;
	return top.n > 0 && top.n < s.n && !ascii_is_digit(top.p[0]) &&
	    s.p[0] != '.' && str_find(s, STR("..")) == s.n;
}

bool
rule_text_read(struct str text, struct arena *a, struct rule *out)
{
	struct ip *ip = arena_new_of(a, struct ip);
	size_t at = str_rchr(text, '@');

	*out = (struct rule){ .subject = text };
	if (ip_network_parse(text, ip, &out->bits)) {
		out->kind = RULE_network;
		out->subject = ip_octets(ip);
		return true;
	}
	out->bits = 0;
	if (at > 0 && at < text.n) {
		out->kind = RULE_address;
		return at + 1 < text.n;
	}
	out->kind = RULE_domain;
	if (at == 0)
		out->subject = str_from(text, 1);
	return is_domain(out->subject);
}

void
rule_text_put(struct buf *b, const struct rule *r)
{
	struct ip ip;

	if (r->kind != RULE_network)
		buf_str(b, r->subject);
	else if (ip_of_octets(r->subject, &ip))
		ip_put_network(b, &ip, r->bits);
}
