/*
 * data_state.h - whether a data folder is whole before it is opened.
 *
 * Beside the database lies postern.state, a line that says which opening (the
 * fence of its lease) was the last, and whether it ended in good order. With
 * it a start can tell a new folder from one that has lost its database, a
 * database with its WAL from one without, and today's from one of last week;
 * in each of these cases going on would mean to say "no such user" for mail
 * that should wait, and to take people's mail for strays.
 *
 *   Invariants: (1) "running" is written after the first commit of an opening,
 *   so a WAL is there as long as it stands; (2) "stopped" is written before
 *   the WAL goes; (3) a line that does not make sense says nothing.
 */
#pragma once
#include "base/err.h"
#include "store/disk/file.h"

struct data_state {
	bool known, running;
	uint64_t fence;
};

/* Before the database is opened (it would be made). E_INVALID, with what to
 * restore, if what must be there is not. */
int data_state_check(struct files *fs, struct data_state *s, struct err *err);
/* The database's own fence, before this opening raises it. E_INVALID if it is
 * older than the folder. */
int data_state_check_fence(const struct data_state *s, uint64_t fence,
    struct err *err);
/* 0 or E_*. */
int data_state_put(struct files *fs, bool running, uint64_t fence,
    struct err *err);
