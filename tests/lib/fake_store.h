/*
 * fake_store.h - the client of store (store/client.h, store/blob.h) in memory,
 * for tests: each answer is a function of the test, and a call that has none is
 * a fault. Who links it links no other client of store.
 */
#pragma once
/* It grows with the calls of store, and tests have it on stacks that are not
 * those of fibers. */
#pragma GCC diagnostic ignored "-Wframe-larger-than="
#include "base/test.h"
#include "store/blob.h"
#include "store/client.h"

struct fake_store;

/* Fills the answer to one call, or returns E_*. */
typedef int fake_answer(struct store *st, const void *ask, void *answer);

struct fake_store {
	struct loop *loop;
	fake_answer *answer[STORE_NCALLS];
	/* The octets of a message; of none: there is no such message. */
	struct str (*text)(struct fake_store *f, uint64_t mailbox,
	    uint32_t uid);
	size_t piece;		/* octets that blob_read() gives at a time */

	/* Narrow: tests have it on their stacks, and calls are many. */
	int8_t fail[STORE_NCALLS];	/* E_* that a call answers, 0: none */
	int blob_error;		/* E_* of blob_write() */
	int read_error;		/* E_* of blob_read() behind its first piece */
	int64_t delay_ms;	/* every call takes so long */
	bool hold;		/* no answer comes until it is given up */
	uint64_t generation;
	uint64_t change;	/* the id given out last */

	uint16_t calls[STORE_NCALLS];	/* how often each was asked */
	size_t under_way, most_under_way;
};

/* A connection to it: what struct store is here. */
struct store {
	struct fake_store *fake;
	bool account;		/* bound to one account */
	void (*changed)(void *arg, const struct changed *what);
	void *arg;
};

/* One that is bound to an account; free() it. */
struct store *fake_store_login(struct fake_store *f);
