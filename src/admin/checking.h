/*
 * checking.h - a process without rights that judges a message as mx does, for a
 * command that may be root's.
 *
 *   checking_begin() - checking_run() - checking_end()
 */
#pragma once
#include "admin/check_messages.h"

struct checking;

/* Make the process; nothing else runs in this one yet, and it has nothing yet
 * that the process must not have. 0 or E_*. */
int checking_begin(struct checking **c, struct err *err);
void checking_end(struct checking *c);	/* NULL is fine */

/* Let it judge; it gets the descriptors, which are closed. The verdict's strs
 * lie in the arena. 0 or E_*. */
int checking_run(struct checking *c, const struct check_begin_answer *todo,
    int fds[CHECK_NDESCRIPTORS], struct arena *a,
    struct check_finish_ask *verdict, struct err *err);

/* What the process does (check_work.c). */
no_return void check_work(int fd);
