/*
 * roster.h - the accounts that store says are the directory's, beside the
 * entries as they come: who is new, who is another, who is not there any more.
 * Pure but for its memory.
 */
#pragma once
#include "base/map.h"
#include "base/vec.h"
#include "ldap/person.h"

struct roster_row {
	uint64_t account;
	struct str address, id, dn, aliases;
	bool gone;
	uint64_t quota;
	bool seen;		/* an entry is its */
};

struct roster {
	struct VEC(struct roster_row) rows;
	struct map ids, addresses;	/* hashes to the place, from 1 on */
	struct map met;			/* addresses of this run */
	uint64_t seed;
	size_t entries;
};

/* seed is random: it is nobody's choice which names fall together. */
void roster_init(struct roster *r, uint64_t seed);
void roster_free(struct roster *r);
/* strs are the caller's, and live longer. */
void roster_add(struct roster *r, const struct roster_row *row);

enum roster_says {
	ROSTER_SAME,	/* its account is as it says */
	ROSTER_TELL,	/* store is to be told */
	ROSTER_TWICE,	/* another entry has this address, or is this one */
	ROSTER_LATER,	/* its address is the account of another entry, which
			 * may be still to come: keep it */
};
/* An entry. Where its account is called otherwise, by an address it had before,
 * that stays the account's, and the new one becomes an alias. */
enum roster_says roster_meet(struct roster *r, struct person *p,
    struct arena *a);
/* One that was kept, when all others were met: it has the account only if the
 * entry before it is there no more. ROSTER_TELL, ROSTER_TWICE. */
enum roster_says roster_meet_late(struct roster *r, const struct person *p);

/* How many of those that were there were not met. */
size_t roster_missing(const struct roster *r, size_t *before);
/* So many at once, of so many that were there, are more likely a mistake of a
 * filter than people who left. */
bool roster_is_suspicious(size_t missing, size_t before);
