/*
 * rights.h - what somebody may do with a mailbox (RFC 4314 2.1), and how the
 * mailboxes of others are called. Pure.
 *
 * Everybody has all rights to his own mailboxes, always. A mailbox of somebody
 * else is called OTHER_USERS, that one's address, and its name there, with '/'
 * between: "Other Users/bob@example.org/Projects". Its number is that of its
 * owner's account and its own there, in one.
 */
#pragma once
#include "base/buf.h"

enum right {
	RIGHT_l = 1,	/* it is listed; who lacks it does not hear of it */
	RIGHT_r = 2,	/* read */
	RIGHT_s = 4,	/* \Seen, which is everybody's own */
	RIGHT_w = 8,	/* other flags, but */
	RIGHT_i = 16,	/* put messages in */
	RIGHT_p = 32,	/* post to it: means nothing here */
	RIGHT_k = 64,	/* make mailboxes below it */
	RIGHT_x = 128,	/* remove or rename it */
	RIGHT_t = 256,	/* \Deleted */
	RIGHT_e = 512,	/* expunge */
	RIGHT_a = 1024,	/* say who has which rights */
	RIGHTS_all = 2047,
	/* One of these is enough to ask for one's own. RFC 4314 4 */
	RIGHTS_asks = RIGHT_l | RIGHT_r | RIGHT_i | RIGHT_k | RIGHT_x | RIGHT_a,
	/* One of these, and l, to see what is noted.        RFC 5464 3.3 */
	RIGHTS_notes = RIGHT_r | RIGHT_s | RIGHT_w | RIGHT_i | RIGHT_p,
	/* The virtual ones of RFC 2086. RFC 4314 2.1.1 */
	RIGHTS_c = RIGHT_k | RIGHT_x,
	RIGHTS_d = RIGHT_e | RIGHT_t,
};
enum { RIGHTS_TEXT = 14 };

/* "lrswipkxtea" and, where a member of theirs is there, "c" and "d". */
void rights_put(struct buf *b, uint32_t rights);
/* False: a letter that is none. RFC 2086's are their members. */
bool rights_read(struct str letters, uint32_t *rights);

#define OTHER_USERS "Other Users"
/* Is this name one of the others' namespace, or the namespace itself? Nobody
 * may make one that is. */
bool others_has(struct str name);
/* Its owner's address, and the name that it has there; false if it is none of
 * a mailbox. */
bool others_split(struct str name, struct str *address, struct str *there);

/* A mailbox's number as it is known to somebody else than its owner: below
 * OTHERS_FROM are one's own. */
#define OTHERS_FROM ((uint64_t)1 << 32)
static inline uint64_t
others_number(uint64_t owner, uint64_t mailbox)
{
	return owner << 32 | mailbox;
}
static inline bool
is_others(uint64_t number)
{
	return number >= OTHERS_FROM && number != UINT64_MAX;
}
