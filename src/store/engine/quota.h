/*
 * quota.h - what accounts and domains may have, and have.
 *
 * An account has octets, messages and mailboxes, a domain the octets of its
 * accounts. That of a domain is a counter of its row, written in the commit
 * that changes what is counted.
 */
#pragma once
#include "store/engine/engine_int.h"

/* One for each domain that was needed since the start. The writer's, but for
 * what is said to be of any thread. */
struct domain_use {
	struct str name;
	uint64_t used, quota;	/* octets, as this batch leaves them; 0: any */
	uint32_t told;		/* how full it is, of 100 */
	bool known;		/* these three were read */
	struct list_link dirty;
	/* As of the last commit, under engine.quota_lock: of any thread. */
	bool published;
	uint64_t was_used, was_quota;
};

/* Of the domain with this name, which need not be there any more. */
int domain_use_get(struct engine *e, struct str name, struct domain_use **out,
    struct err *err);
void domain_use_touch(struct engine *e, struct domain_use *d);
/* So much more in an account, and in its domain. The modulus does for less. */
void acct_count(struct engine *e, struct acct *a, uint64_t messages,
    uint64_t octets);

/* What leaves another account, or the same, in the commit for which there has
 * to be room. */
struct leaving {
	const struct acct *from;
	uint64_t messages, octets;
};
/* E_FULL: so much more is above what the account, or its domain, may have.
 * leaves: NULL if nothing does. */
int quota_check(const struct engine *e, const struct acct *a,
    uint64_t messages, uint64_t octets, const struct leaving *leaves,
    struct err *err);
/* E_FULL, E_LIMIT: not so many more mailboxes than the count that there are. */
int quota_check_mailboxes(const struct acct *a, uint64_t count, uint64_t more,
    struct err *err);
/* Octets that may come, as far as one message more does; 0: it does not. */
uint64_t quota_room(const struct engine *e, const struct acct *a);

/* The same of the last commit, if it is known without SQL. Any thread. */
bool quota_room_known(struct engine *e, uint64_t account, uint64_t *room);
/* And in any case; of no account all there is. */
int reader_room(struct reader *r, uint64_t account, uint64_t *room,
    struct err *err);

/* Of state_write(), state_clean() and state_forget(); and at the end. */
int quota_write(struct engine *e, struct err *err);
void quota_clean(struct engine *e);
void quota_forget(struct engine *e);
void quota_free(struct engine *e);
