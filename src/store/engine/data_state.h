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
 * It is also where the lease can be seen by those who lost it: the rows in the
 * database cannot tell a store that another one has begun, because each has
 * the index of the WAL in its own memory.
 *
 *   Invariants: (1) "running" is written after the first commit of an opening,
 *   so a WAL is there as long as it stands; (2) "stopped" is written when the
 *   database has all that is in the WAL, and before that goes; (3) a line that
 *   does not make sense says nothing; (4) "starting" is written before an
 *   opening changes anything else, and keeps what the line said before of the
 *   end of the one before it.
 */
#pragma once
#include "base/err.h"
#include "store/disk/file.h"

struct data_state {
	bool known, running;
	bool lost;	/* the operator says so of the database */
	bool restored;	/* it came from a backup, and was not opened since */
	uint64_t fence;
};

/* Before the database is opened (it would be made). E_INVALID, with what to
 * restore, if what must be there is not, or a restore has not ended. */
int data_state_check(struct files *fs, struct data_state *s, struct err *err);
/* The database's own fence, before this opening raises it. E_INVALID if it is
 * older than the folder. */
int data_state_check_fence(const struct data_state *s, uint64_t fence,
    struct err *err);
/* 0 or E_*. The first is for an opening that has not committed anything yet;
 * before is what data_state_check() found. */
int data_state_claim(struct files *fs, const struct data_state *before,
    uint64_t fence, struct err *err);
int data_state_put(struct files *fs, bool running, uint64_t fence,
    struct err *err);
/* Is this opening still the last? E_STALE if not. Asked before and at the end
 * of every commit, so *held keeps the file open (NULL at first; the caller
 * closes it): a look is whether the name leads to it, and one read. */
int data_state_is_last(struct files *fs, struct file **held, uint64_t fence,
    struct err *err);
