/*
 * fnv.h - the hash FNV-1a: short, and anybody can make two texts that meet.
 *
 * For tables whose names are nobody's to choose, or that stay right when some
 * meet; from a secret beginning for others.
 */
#pragma once
#include "base/str.h"

#define FNV_1A 0xcbf29ce484222325ull	/* where it begins */

/* h goes on with the octets of s. */
static inline uint64_t
fnv_1a(uint64_t h, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3ull;
	return h;
}
