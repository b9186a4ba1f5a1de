/*
 * submissions.h - EmailSubmission objects: what leaves later, and for a day
 * what became of it (mail/waiting.h).                            RFC 8621 7
 */
#pragma once
#include "jmap/set.h"
#include "mail/waiting.h"

/* Their state: as struct set_ops wants it. */
int submissions_state(struct call *c, char state[STATE_MAX], struct err *err);
/* "pending", "final" or "canceled" of a row's state. */
struct str undo_status(uint32_t state);

/* One of them, its texts apart. */
struct submission_row {
	uint64_t message, email, thread;
	int64_t due;
	uint32_t state;
};
struct submission_row submission_row_of(const struct later_row *row);
/* By its message: 1, or 0 if there is none, or E_*. */
int submission_find(struct call *c, uint64_t message,
    struct submission_row *out, struct err *err);
