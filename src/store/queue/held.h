/*
 * held.h - mail that is kept apart for somebody to look at, and what becomes of
 * it (store/messages_held.h).
 */
#pragma once
#include "store/queue/queue_int.h"

/* One of a message in the present row of s, a statement whose rows are
 * HELD_ITEM; strs in the arena. */
struct held {
	uint64_t message, account, size;
	int64_t at;
	struct str address, prefix, sender, author, title, verdict, traits;
	struct str thread_keys;
};
struct held held_read(struct sql *q, enum sql_statement s, struct arena *a);

/* How long, seconds. */
int64_t held_age_s(const struct engine *e);

/* As it is answered. */
struct held_row held_row_of(const struct engine *e, const struct held *h);

/* Has this account room for one more of so many octets? 1, 0. */
int held_may(struct engine *e, const struct acct *a, uint64_t size,
    struct err *err);
/* Instead of a mailbox: d is as it would have been placed. It takes over one
 * reference to the blob. */
int held_put(struct engine *e, const struct submit_ask *ask,
    struct str address, const struct placing *d, struct err *err);
/* Away: it is journaled as dropped, and its reference goes. */
int held_forget(struct engine *e, const struct held *h, struct str why,
    struct err *err);
