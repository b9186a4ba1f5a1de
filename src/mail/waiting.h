/*
 * waiting.h - what of a person's waits to leave later, and taking it back.
 *
 * All of them suspend. 0 or a negative E_* with *err filled in.
 */
#pragma once
#include "mail/account.h"

enum { WAITING_STATE_MAX = 32 };

/* Of one; its strs are good until it returns. Must not suspend. */
typedef void waiting_fn(void *arg, const struct later_row *row);

/* A page of what is asked for; ask->after says where the next one begins, and
 * is 0 at the end. state: of the list (messages.h); may be NULL. */
int waiting_page(const struct account *a, struct later_list_ask *ask,
    waiting_fn *fn, void *arg, char state[WAITING_STATE_MAX], struct err *err);
/* All of them, or only that message's (0: all). */
int waiting_all(const struct account *a, uint64_t message, waiting_fn *fn,
    void *arg, char state[WAITING_STATE_MAX], struct err *err);

/* The next of a row's recipients; false: there is none. */
bool waiting_recipient(struct str *rcpts, struct str *address);

/* It never leaves, and never did. E_STALE: it has left; E_NOTFOUND: nothing of
 * theirs. */
int waiting_cancel(const struct account *a, uint64_t message, struct err *err);
