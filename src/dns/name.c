#include "dns/name.h"

#include <idn2.h>

enum { TEXT_MAX = 1000 };

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
