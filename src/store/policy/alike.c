#include "store/policy/alike.h"

#include "base/domain.h"
#include "dns/looks.h"
#include "store/policy/memory.h"

enum { KEPT_S = 7 * 86400 };	/* before it is remembered anew */

int
alike_wrote(struct engine *e, uint64_t account, struct str domain,
    struct err *err)
{
	int64_t at_s;
	int rc;

	if (domain.n == 0 || domain.n > 253 || str_chr(domain, '.') ==
	    domain.n)
		return 0;
	rc = memory_find(&e->w, MEMORY_domain, account, domain, e->now_s,
	    &at_s, err);
	if (rc < 0 || (rc > 0 && e->now_s - at_s <= KEPT_S))
		return rc < 0 ? rc : 0;
	return memory_keep(e, MEMORY_domain, account, domain, err);
}

/* The end of `domain` that has as many labels as `whose`: what was registered
 * of it, if both are below suffixes of as many. */
static struct str
end_of(struct str domain, struct str whose)
{
	size_t dots = 0, i = domain.n;

	for (size_t k = 0; k < whose.n; k++)
		dots += whose.p[k] == '.';
	while (i > 0 && (domain.p[i - 1] != '.' || dots-- > 0))
		i--;
	return str_from(domain, i);
}

static bool
is_like(const struct alike_who *who, struct str domain)
{
	struct str front = str_first(who->name, who->name.n - who->whose.n);

	/* In punycode one letter is not one octet. */
	if (str_find(domain, STR("xn--")) < domain.n)
		return false;
	return looks_like_part(front, domain) ||
	    looks_like(who->looks, end_of(domain, who->whose));
}

int
alike_find(struct sql *q, struct arena *a, uint64_t account,
    const struct alike_who *who, int64_t now_s, struct str *like,
    struct err *err)
{
	const enum sql_statement s = SQL_remembered_list;
	struct str found = STR_NULL;
	int rc;

	if (who->whose.n == 0 || !domain_is_within(who->name, who->whose))
		return 0;
	rc = sql_first(q, s, SQL_VALS(vi(MEMORY_domain), vi(account),
	    vi((uint64_t)(now_s - memory_bounds[MEMORY_domain].age_s)),
	    vi(ALIKE_DOMAINS)), err);
	for (; rc > 0; rc = sql_next(q, s, err)) {
		struct str domain = sql_str(q, remembered_list, what);

		if (domain_is_within(domain, who->whose)) {
			sql_end(q, s);
			return 0;
		}
		if (found.n == 0 && is_like(who, domain))
			found = str_dup(a, domain);
	}
	if (rc < 0)
		return rc;
	*like = found;
	return found.n > 0;
}
