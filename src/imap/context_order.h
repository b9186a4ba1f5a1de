/*
 * context_order.h - the order of a SORT that is kept up to date, and what of it
 * is told by positions.                                    RFC 5267 4.3.3
 *
 * What messages are sorted by never changes, so it is kept, and those that stay
 * are in the order they had.
 */
#pragma once
#include "imap/search.h"
#include "mail/sort.h"

struct context_order;

struct context_order *context_order_new(const struct order *by, size_t n);
void context_order_free(struct context_order *o);	/* NULL is fine */

/* A message by its UID, and as it is told. */
struct told {
	uint32_t uid, number;
};
struct told_list VEC(struct told);	/* by ascending UIDs */

/* These have gone: " REMOVEFROM (...)", or nothing. */
void context_order_remove(struct context_order *o, struct buf *b,
    const struct told_list *gone);
/* These have come: " ADDTO (...)", or nothing. found has all of them, and
 * others that match; matches are all that do, ascending UIDs. Suspends. 0 or
 * E_*; E_LIMIT: it is too much to be kept. */
int context_order_add(struct context_order *o, struct buf *b,
    struct mailbox_view *v, const struct search_result *found,
    const struct told_list *came, const uint32_t *matches, size_t nmatches,
    struct err *err);
