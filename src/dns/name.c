#include "dns/name.h"

#include <idn2.h>

enum { TEXT_MAX = 1000, ADDRESS_MAX = 320 };

static bool
is_name(struct str s)
{
	struct str label;
	bool more;

	if (s.n > DNS_NAME_MAX)
		return false;
	do {
		more = str_cut(s, '.', &label, &s);
		if (label.n == 0 || label.n > DNS_LABEL_MAX)
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!dns_name_octet(label.p[i]))
				return false;
	} while (more);
	return true;
}

/* RFC 5891 4, with the mapping of UTS 46 (capitals, wide dots). */
static bool
from_unicode(struct str text, struct arena *a, struct str *name)
{
	char *out;

	if (!str_is_utf8(text) ||
	    idn2_to_ascii_8z(str_dupz(a, text), &out,
	    IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK)
		return false;
	*name = str_lower(a, str_c(out));
	idn2_free(out);
	return true;
}

bool
dns_name(struct str text, struct arena *a, struct str *name)
{
	struct str n = text;

	if (text.n == 0 || text.n > TEXT_MAX)
		return false;
	if (str_is_ascii(text))
		n = str_lower(a, text);
	else if (!from_unicode(text, a, &n))
		return false;
	/* A wide last dot is one only now. */
	if (n.n > 1 && n.p[n.n - 1] == '.')
		n.n--;
	if (!is_name(n))
		return false;
	*name = n;
	return true;
}

bool
dns_a_label(struct str text, struct arena *a, struct str *name)
{
	if (!str_is_ascii(text))
		return dns_name(text, a, name);
	*name = text;
	return true;
}

bool
dns_address(struct str address, struct arena *a, struct str *out)
{
	size_t at = str_rchr(address, '@');
	struct str given = str_from(address, at + 1), domain;

	*out = address;
	if (at == address.n || str_is_ascii(given))
		return true;
	/* A-labels are longer than what was typed. */
	if (!dns_name(given, a, &domain) || at > ADDRESS_MAX ||
	    domain.n + 1 > ADDRESS_MAX - at)
		return false;
	*out = arena_printf(a, "%.*s@%.*s", STR_FMT(str_first(address, at)),
	    STR_FMT(domain));
	return true;
}

/* RFC 5891 4.1: what does not come back as it was is shown as it is. */
static bool
to_unicode(struct str name, struct arena *a, struct str *shown)
{
	struct str back;
	char *out;

	name = str_lower(a, name);
	if (name.n > DNS_NAME_MAX || str_find(name, STR("xn--")) == name.n ||
	    !str_is_ascii(name) || memchr(name.p, 0, name.n) ||
	    idn2_to_unicode_8z8z(str_dupz(a, name), &out, 0) != IDN2_OK)
		return false;
	*shown = str_dup(a, str_c(out));
	idn2_free(out);
	return dns_name(*shown, a, &back) && str_eq(back, name);
}

struct str
dns_shown(struct str text, struct arena *a)
{
	size_t at = str_rchr(text, '@');
	size_t from = at < text.n ? at + 1 : 0;
	struct str shown;

	if (!to_unicode(str_from(text, from), a, &shown))
		return text;
	return arena_printf(a, "%.*s%.*s", STR_FMT(str_first(text, from)),
	    STR_FMT(shown));
}
