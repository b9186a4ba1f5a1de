/*
 * domain.h - how names of domains lie to each other.
 */
#pragma once
#include "base/str.h"

/* Is name a subdomain of domain? Not so of itself. */
static inline bool
domain_is_below(struct str name, struct str domain)
{
	return name.n > domain.n + 1 && str_endsi(name, domain) &&
	    name.p[name.n - domain.n - 1] == '.';
}

/* The same, or it itself. */
static inline bool
domain_is_within(struct str name, struct str domain)
{
	return str_eqi(name, domain) || domain_is_below(name, domain);
}
