/*
 * test_world.h - a person's account for the tests of src/mail: a loop on a
 * fake clock, and a store whose answers the test gives, call by call.
 */
#pragma once
#include "base/test.h"
#include "lib/fake_store.h"
#include "mail/view.h"

struct world {
	struct fake_clock clock;
	struct loop *loop;
	struct log *log;
	struct arena *mem;
	struct account account;	/* logged in */
	struct fake_store fake;
	struct str text;	/* of every message */
	int login_error;	/* what vault answers */
	size_t logouts;
};

/* Run a test on a fiber of its own, to its end. */
void world_run(void (*test)(struct world *w));
/* Whose store it is. */
struct world *world_of(const struct store *st);
/* Append a row to an answer's. */
void world_put_row(struct buf *b, uint32_t seq, uint64_t modseq,
    uint32_t flags);
