#include "store/rights.h"

static const char letters[] = "lrswipkxtea";

void
rights_put(struct buf *b, uint32_t rights)
{
	for (size_t i = 0; letters[i]; i++)
		if (rights & 1u << i)
			buf_chr(b, letters[i]);
	if (rights & RIGHTS_c)
		buf_chr(b, 'c');
	if (rights & RIGHTS_d)
		buf_chr(b, 'd');
}

bool
rights_read(struct str s, uint32_t *rights)
{
	uint32_t sum = 0;
	size_t at;

	for (size_t i = 0; i < s.n; i++) {
		at = str_chr(STR("lrswipkxtea"), s.p[i]);
		if (at < sizeof(letters) - 1)
			sum |= 1u << at;
		else if (s.p[i] == 'c')
			sum |= RIGHTS_c;
		else if (s.p[i] == 'd')
			sum |= RIGHTS_d;
		else
			return false;
	}
	*rights = sum;
	return true;
}

bool
others_has(struct str name)
{
	return str_eq(name, STR(OTHER_USERS)) ||
	    str_starts(name, STR(OTHER_USERS "/"));
}

/* A local part may have a '/', a domain has none. */
bool
others_split(struct str name, struct str *address, struct str *there)
{
	struct str rest, domain;
	size_t at;

	if (!str_starts(name, STR(OTHER_USERS "/")))
		return false;
	rest = str_from(name, sizeof(OTHER_USERS));
	at = str_chr(rest, '@');
	if (at == 0 || at >= rest.n)
		return false;
	if (!str_cut(str_from(rest, at + 1), '/', &domain, there) ||
	    domain.n == 0 || there->n == 0)
		return false;
	*address = str_first(rest, at + 1 + domain.n);
	return true;
}
