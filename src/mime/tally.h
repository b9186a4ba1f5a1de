/*
 * tally.h - count the octets that matter, many at a time.
 *
 * Internal to mime/.
 */
#pragma once
#include "base/str.h"

struct tally {
	uint64_t cr, lf; /* how many */
	bool nul, high;	 /* any 0x00, any above 0x7f */
};

/* Add what is in s. */
void tally_add(struct tally *t, struct str s);
