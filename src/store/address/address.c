#include "store/address/address.h"

static bool
is_plain(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f ||
		    s.p[i] == '<' || s.p[i] == '>')
			return false;
	return true;
}

bool
domain_key(struct str name, struct arena *a, struct str *domain)
{
	if (name.n == 0 || name.n > ADDRESS_DOMAIN_MAX || !is_plain(name) ||
	    str_chr(name, '@') < name.n || !str_is_ascii(name))
		return false;
	*domain = str_lower(a, name);
	return true;
}

bool
address_is_local(struct str local)
{
	return local.n > 0 && is_plain(local) && str_is_utf8(local);
}

bool
address_key(struct str address, struct arena *a, struct str *domain,
    struct str *local)
{
	size_t at = str_rchr(address, '@');

	if (at == address.n || at > ADDRESS_LOCAL_MAX ||
	    !address_is_local(str_first(address, at)))
		return false;
	if (!domain_key(str_from(address, at + 1), a, domain))
		return false;
	*local = str_lower(a, str_first(address, at));
	return true;
}

/* It comes from an attacker and goes into the header of a message: a quoted
 * local part may hold spaces, nothing may end the line or the brackets. */
bool
address_is_safe(struct str address)
{
	size_t i;

	if (address.n > ADDRESS_LOCAL_MAX + 1 + ADDRESS_DOMAIN_MAX)
		return false;
	for (i = 0; i < address.n; i++)
		if ((unsigned char)address.p[i] < ' ' ||
		    address.p[i] == 0x7f)
			return false;
	return true;
}

static bool
is_atom_octet(char c)
{
	return ascii_is_alnum(c) || (signed char)c < 0 ||
	    (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool
is_label_octet(char c)
{
	return ascii_is_alnum(c) || c == '-';
}

/* One or more of these, with single dots between. */
static bool
is_dotted(struct str s, bool (*is)(char))
{
	size_t i, run = 0;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] != '.' ? !is(s.p[i]) : run == 0)
			return false;
		run = s.p[i] == '.' ? 0 : run + 1;
	}
	return run > 0;
}

bool
domain_is_plain(struct str name)
{
	return is_dotted(name, is_label_octet);
}

bool
address_is_plain(struct str address)
{
	size_t at = str_rchr(address, '@');

	return address.n <= ADDRESS_PATH_MAX && at < address.n &&
	    str_is_utf8(address) &&
	    is_dotted(str_first(address, at), is_atom_octet) &&
	    domain_is_plain(str_from(address, at + 1));
}

/* label = let-dig [*(let-dig / "-") let-dig]                RFC 1034 3.5 */
static bool
is_label(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_label_octet(s.p[i]))
			return false;
	return s.n > 0 && s.n <= 63 && s.p[0] != '-' && s.p[s.n - 1] != '-';
}

static bool
is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]))
			return false;
	return true;
}

const char *
domain_is_wrong(struct str name)
{
	struct str label = name, rest = name;

	if (str_find(name, STR("://")) < name.n)
		return "that is a URL: the name alone, like example.org";
	if (str_chr(name, '@') < name.n)
		return "that is an address: what stands behind its @";
	if (name.n > 253)
		return "a domain has 253 octets at most";
	if (!str_is_ascii(name))
		return "a name beyond ASCII goes by its A-label, xn--...";
	if (str_chr(name, '.') == name.n)
		return "a domain has two words at least, like example.org";
	while (rest.n > 0) {
		(void)str_cut(rest, '.', &label, &rest);
		if (!is_label(label))
			return "a domain is made of letters, digits and "
			       "hyphens, with single dots between, and 63 of "
			       "them in a row at most";
	}
	if (name.p[name.n - 1] == '.')
		return "the dot at its end is too much";
	return is_digits(label) ? "an address of a machine is no domain" :
	    NULL;
}
