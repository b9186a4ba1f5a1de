#include "admin/typed.h"

#include "dns/name.h"

static int
no_name(struct str typed, struct err *err)
{
	return err_set(err, E_INVALID, "%.*s: no name of a domain is written "
	    "so", STR_FMT(str_first(typed, 80)));
}

int
typed_domain(struct arena *a, const char *typed, struct str *domain,
    struct err *err)
{
	struct str s = str_c(typed);

	/* As DNS writes it: the same domain. */
	if (s.n > 1 && s.p[s.n - 1] == '.')
		s.n--;
	return dns_a_label(s, a, domain) ? 0 : no_name(s, err);
}

int
typed_address(struct arena *a, const char *typed, struct str *address,
    struct err *err)
{
	struct str s = str_c(typed);

	return dns_address(s, a, address) ? 0 : no_name(s, err);
}
