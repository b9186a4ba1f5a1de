/*
 * copying.h - emails that no mailbox has, until all of them are there.
 *
 * What is to come into a mailbox as a whole, or not at all (copy.c,
 * append.c), and fits a commit, is one. Else a row of `copying` holds the
 * numbers that the new emails get (first, first + 1, ...), and it goes through
 * states:
 *   STAGING   call by call the emails are made; no mailbox has them. What
 *             nobody goes on with is dropped after a time.
 *   PLACING   decided: slice by slice they go into the mailbox. What nobody
 *             goes on with the store itself brings to its end.
 *   DROPPING  slice by slice the emails become garbage.
 * So whoever dies in between leaves all of them behind, or none.
 *
 * Invariants: the emails from first up to first + staged name their blobs;
 * those from first + placed on have no placement; placed > 0 only in PLACING.
 */
#pragma once
#include "store/engine/engine_int.h"

enum copying_state { STAGING, PLACING, DROPPING };

struct copying {
	struct engine *e;
	struct acct *acct;
	struct mbox *to;
	uint64_t first, most, staged, placed, octets, state;
	bool kept;		/* it has a row */
	bool wrote;
	int64_t until;
	size_t n;		/* of this slice */
	struct str appended_to;	/* for the journal, of each; empty: no */
	struct buf from_uids, to_uids;
	uint32_t next;
	uint32_t rights;	/* of who asks, to where it goes */
	uint64_t reader;	/* who that is, if it is not the owner; 0 */
};

/* Begin, or go on with `first` if that is not 0: copying_open(), then what is
 * staged, and copying_close(). All return 0 or E_*.
 *
 * E_TIMEOUT: it was given up. E_NOTFOUND: there is no such mailbox. *c is to
 * be freed whatever comes. */
int copying_open(struct copying *c, struct engine *e,
    const struct caller *who, uint64_t first, struct str name,
    struct err *err);
void copying_free(struct copying *c);
/* Where it begins: it may become this many. */
void copying_reserve(struct copying *c, uint64_t most);
/* One more, of this size. E_FULL: the quota has no room for it. */
int copying_room(struct copying *c, uint64_t size, struct err *err);
/* Of these flags, those that the rights let be; \Seen of who is not the owner
 * is kept apart. RFC 4314 4 */
uint32_t copying_flags(const struct copying *c, uint32_t flags);
int copying_seen(struct copying *c, uint32_t flags, uint64_t email,
    struct err *err);
/* Has this slice not done enough yet? */
bool copying_may_go_on(struct copying *c);
/* All are there: from now on they will be in the mailbox. */
int copying_decide(struct copying *c, struct err *err);
/* A slice is placed, if that is decided; what is left to do is kept. */
int copying_close(struct copying *c, struct err *err);
bool copying_done(const struct copying *c);
