#include "store/engine_int.h"

enum { LOCAL_MAX = 64, DOMAIN_MAX = 255 }; /* RFC 5321 4.5.3.1 */

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
	if (name.n == 0 || name.n > DOMAIN_MAX || !is_plain(name) ||
	    str_chr(name, '@') < name.n || !str_is_utf8(name))
		return false;
	*domain = str_lower(a, name);
	return true;
}

bool
address_key(struct str address, struct arena *a, struct str *domain,
    struct str *local)
{
	size_t at = str_rchr(address, '@');

	if (at == address.n || at == 0 || at > LOCAL_MAX)
		return false;
	if (!is_plain(str_first(address, at)) || !str_is_utf8(address))
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

	if (address.n > LOCAL_MAX + 1 + DOMAIN_MAX)
		return false;
	for (i = 0; i < address.n; i++)
		if ((unsigned char)address.p[i] < ' ' ||
		    address.p[i] == 0x7f)
			return false;
	return true;
}

int
lookup_address(struct sql *q, struct arena *a, struct str address,
    uint64_t *account, bool *ours, struct err *err)
{
	struct str domain, key, local;
	uint64_t first;
	int rc;

	*account = 0;
	*ours = false;
	if (!domain_key(str_from(address, str_rchr(address, '@') + 1), a,
	    &domain))
		return 0;
	rc = sql_first(q, SQL_domain_get, SQL_VALS(vs(domain)), err);
	if (rc <= 0)
		return rc;
	first = sql_u64(q, SQL_domain_get, 1);
	sql_end(q, SQL_domain_get);
	*ours = true;
	if (!address_key(address, a, &key, &local))
		return 0;
	rc = sql_number(q, SQL_address_get, SQL_VALS(vs(domain), vs(local)),
	    account, err);
	/* Every domain has a postmaster.               RFC 5321 4.5.1 */
	if (rc == 0 && *account == 0 && str_eq(local, STR("postmaster")))
		*account = first;
	return rc;
}
