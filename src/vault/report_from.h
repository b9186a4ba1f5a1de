/*
 * report_from.h - who reports to other domains come from: relay writes it, and
 * vault signs nothing of relay's but this.
 */
#pragma once
#include "rt/config.h"

enum { REPORT_FROM_MAX = 2 };

/* The addresses that may stand in From, the first one that has keys is it: the
 * one that is configured, or postmaster of our name and of the domain above it.
 * They live in the arena; returns how many. */
static inline size_t
report_from(const struct config *c, struct arena *a,
    struct str out[REPORT_FROM_MAX])
{
	struct str name = str_lower(a, c->hostname), above = str_from(name,
	    str_chr(name, '.') + 1);
	size_t n = 1;

	if (c->report_from.n > 0) {
		out[0] = str_dup(a, c->report_from);
		return 1;
	}
	out[0] = arena_printf(a, "postmaster@%.*s", STR_FMT(name));
	if (str_chr(above, '.') < above.n)
		out[n++] = arena_printf(a, "postmaster@%.*s", STR_FMT(above));
	return n;
}
