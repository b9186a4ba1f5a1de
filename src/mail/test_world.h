/*
 * test_world.h - a person's account for the tests of src/mail: a loop on a
 * fake clock, and a store whose answers the test gives, call by call.
 */
#pragma once
#include "base/test.h"
#include "mail/view.h"

struct world;
typedef int world_answer(struct world *w, const void *ask, void *answer);

struct world {
	struct fake_clock clock;
	struct loop *loop;
	struct log *log;
	struct arena *mem;
	struct account account;	/* logged in */
	world_answer *answer[STORE_NCALLS];	/* a call without is a fault */
	size_t calls[STORE_NCALLS];	/* how often each was asked */
	size_t under_way, most_under_way;
	bool hold;		/* answers do not come until they are given
				 * up */
	struct str text;	/* of every message: what blob_read() gives */
	int login_error;	/* what vault answers */
	uint64_t change;	/* the change id given out last */
	size_t logouts, notices;
	void (*changed)(void *arg, uint64_t mailbox, uint64_t modseq);
	void *changed_arg;
};

/* Run a test on a fiber of its own, to its end. */
void world_run(void (*test)(struct world *w));
/* Append a row to an answer's. */
void world_put_row(struct buf *b, uint32_t seq, uint64_t modseq,
    uint32_t flags);
