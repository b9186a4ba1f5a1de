#include "dns/public_suffix.h"

#include <libpsl.h>

#include "dns/name.h"

static const psl_ctx_t *list;

void
public_suffix_prepare(void)
{
	if (!list)
		list = psl_latest(NULL);
}

static const psl_ctx_t *
list_of_now(void)
{
	return list ? list : psl_builtin();
}

/* libpsl wants a NUL behind it. */
static bool
is_plain(struct str name, char text[DNS_NAME_MAX + 1])
{
	if (name.n == 0 || name.n > DNS_NAME_MAX || name.p[0] == '.' ||
	    memchr(name.p, '\0', name.n))
		return false;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	return true;
}

struct str
public_suffix_registered(struct str name)
{
	char text[DNS_NAME_MAX + 1];
	const char *found;

	if (!is_plain(name, text))
		return STR_NULL;
	found = psl_registrable_domain(list_of_now(), text);
	return found ? str_from(name, (size_t)(found - text)) : STR_NULL;
}

bool
public_suffix_listed(struct str name)
{
	char text[DNS_NAME_MAX + 1];
	struct str last = str_from(name, str_rchr(name, '.') + 1);

	return name.n != last.n && is_plain(last, text) &&
	    psl_is_public_suffix2(list_of_now(), text,
	    PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE);
}
