#include "trust/spf_macro.h"
#include "trust/spf_record.h"

bool
spf_is_record(struct str text)
{
	return str_startsi(text, STR("v=spf1")) &&
	    (text.n == 6 || text.p[6] == ' ');
}

/* "0", or digits that do not begin with it, up to most. */
static bool
prefix_length(struct str digits, unsigned most, unsigned *bits)
{
	uint32_t n;

	if (!str_u32(digits, &n) || n > most ||
	    (digits.n > 1 && digits.p[0] == '0'))
		return false;
	*bits = n;
	return true;
}

/* Where the "/" of the length at the end of s is; s.n if there is none: what
 * follows another slash belongs to a domain-spec. */
static size_t
length_at(struct str s)
{
	size_t slash = str_rchr(s, '/');

	for (size_t i = slash + 1; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]))
			return s.n;
	return slash + 1 < s.n ? slash : s.n;
}

/* Take [ "/" n ] [ "//" n ] off the end of *s.       RFC 7208 5.6: dual-cidr */
static bool
dual_cidr(struct str *s, struct spf_term *t)
{
	size_t slash = length_at(*s);

	if (slash < s->n && slash > 0 && s->p[slash - 1] == '/') {
		if (!prefix_length(str_from(*s, slash + 1), 128, &t->bits6))
			return false;
		*s = str_first(*s, slash - 1);
		slash = length_at(*s);
	}
	if (slash < s->n) {
		if (!prefix_length(str_from(*s, slash + 1), 32, &t->bits4))
			return false;
		*s = str_first(*s, slash);
	}
	return true;
}

/* ":" network [ "/" n ]                          RFC 7208 5.6: ip4 and ip6 */
static bool
network(struct str s, struct spf_term *t)
{
	bool v6 = t->kind == SPF_IP6, has_length;
	unsigned *bits = v6 ? &t->bits6 : &t->bits4;
	struct str address, length;

	if (s.n == 0 || s.p[0] != ':')
		return false;
	has_length = str_cut(str_from(s, 1), '/', &address, &length);
	if (has_length && !prefix_length(length, v6 ? 128 : 32, bits))
		return false;
	if (!ip_parse(address, &t->ip) ||
	    (str_chr(address, ':') < address.n) != v6)
		return false;
	/* ::ffff:192.0.2.0 as a network of IPv6: no address that is compared
	 * with it is one of IPv6. */
	t->ip.v6 = v6;
	return true;
}

static const struct mechanism {
	struct str name;
	enum spf_kind kind;
	enum { BARE, NETWORK, DOMAIN, MAYBE_DOMAIN, DOMAIN_CIDR } shape;
} mechanisms[] = {
	{ STR("all"), SPF_ALL, BARE },
	{ STR("include"), SPF_INCLUDE, DOMAIN },
	{ STR("a"), SPF_A, DOMAIN_CIDR },
	{ STR("mx"), SPF_MX, DOMAIN_CIDR },
	{ STR("ptr"), SPF_PTR, MAYBE_DOMAIN },
	{ STR("ip4"), SPF_IP4, NETWORK },
	{ STR("ip6"), SPF_IP6, NETWORK },
	{ STR("exists"), SPF_EXISTS, DOMAIN },
};

/* [ qualifier ] mechanism                                 RFC 7208 4.6.1, 5 */
static bool
directive(struct str text, struct spf_term *t)
{
	static const char qualifiers[] = "+-~?";
	static const enum spf_result meant[] = { SPF_PASS, SPF_FAIL,
		SPF_SOFTFAIL, SPF_NEUTRAL };
	const char *q = memchr(qualifiers, text.p[0], 4);
	const struct mechanism *m = NULL;
	struct str rest;
	size_t n = 0;

	*t = (struct spf_term){ .text = text, .bits4 = 32, .bits6 = 128,
		.qualifier = q ? meant[q - qualifiers] : SPF_PASS };
	rest = str_from(text, q ? 1 : 0);
	while (n < rest.n && rest.p[n] != ':' && rest.p[n] != '/')
		n++;
	for (size_t i = 0; i < NELEM(mechanisms) && !m; i++)
		if (str_eqi(mechanisms[i].name, str_first(rest, n)))
			m = &mechanisms[i];
	if (!m)
		return false;
	t->kind = m->kind;
	rest = str_from(rest, n);
	if (m->shape == BARE)
		return rest.n == 0;
	if (m->shape == NETWORK)
		return network(rest, t);
	if (m->shape == DOMAIN_CIDR && !dual_cidr(&rest, t))
		return false;
	if (rest.n == 0)
		return m->shape != DOMAIN;
	t->domain = str_from(rest, 1);
	return rest.p[0] == ':' && spf_domain_spec_ok(t->domain);
}

static bool
is_name_octet(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

/* name "=" value: true if text is one.           RFC 7208 4.6.1: modifier */
static bool
split_modifier(struct str text, struct str *name, struct str *value)
{
	if (!str_cut(text, '=', name, value) || name->n == 0 ||
	    !ascii_is_alpha(name->p[0]))
		return false;
	for (size_t i = 0; i < name->n; i++)
		if (!is_name_octet(name->p[i]))
			return false;
	return true;
}

/* A domain-spec that may be there once.                       RFC 7208 6 */
static bool
once(struct str value, struct str *out)
{
	if (out->n > 0 || !spf_domain_spec_ok(value))
		return false;
	*out = value;
	return true;
}

static bool
add_term(struct str text, struct spf_record *r)
{
	struct str name, value;

	if (split_modifier(text, &name, &value)) {
		if (str_eqi(name, STR("redirect")))
			return once(value, &r->redirect);
		if (str_eqi(name, STR("exp")))
			return once(value, &r->exp);
		return spf_macros_ok(value, false);
	}
	if (!directive(text, &r->term[r->n]))
		return false;
	r->all = r->all || r->term[r->n].kind == SPF_ALL;
	r->n++;
	return true;
}

bool
spf_parse(struct str text, struct arena *a, struct spf_record *out,
    struct str *wrong)
{
	struct str rest = str_from(text, STR("v=spf1").n), term;
	size_t n = 0;

	*out = (struct spf_record){ 0 };
	*wrong = str_first(text, 60);
	if (text.n > SPF_RECORD_MAX)
		return false;
	for (size_t i = 0; i < rest.n; i++)
		n += rest.p[i] == ' ';
	if (n > SPF_TERMS_MAX)
		return false;
	out->term = arena_array(a, n + 1, sizeof(*out->term));
	while (rest.n > 0) {
		(void)str_cut(rest, ' ', &term, &rest);
		if (term.n > 0 && !add_term(term, out)) {
			*wrong = term;
			return false;
		}
	}
	return true;
}
