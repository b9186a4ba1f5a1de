/*
 * rows.h - a walk over messages of a mailbox, page by page.
 *
 * While the rows of a page are used the next page is on its way, so that store
 * and whoever writes to a client work at the same time. Never more than two
 * pages are in memory, however many messages there are.
 */
#pragma once
#include "mail/view.h"

struct rows_ask {
	struct selection messages;
	uint32_t want;		/* WANT_* of store/messages.h */
	uint64_t changed_since;	/* only what has a higher modseq; 0: all */
	uint32_t set_flags;	/* FLAG_*: set these on messages that lack one
				 * of them, before their row is given out */
};

struct rows;

/* Begin a walk; the caller closes it, on the same fiber. The view must not be
 * updated and ask's ranges must stay meanwhile. */
struct rows *rows_open(struct mailbox_view *v, const struct rows_ask *ask);
/* What pages that are not yet asked for shall bring besides. */
void rows_want(struct rows *rows, uint32_t want);
/* The next row: 1, 0 after the last one, or E_*. Suspends between two pages.
 * *row and its texts are good until the next call. *flagged: the walk has set
 * flags of it; it counts as told (view_told()) with those that it has now. */
int rows_next(struct rows *rows, struct fetch_row *row, bool *flagged,
    struct err *err);
/* Suspends, if it does, no longer than a round of the loop. NULL is fine. */
void rows_close(struct rows *rows);
