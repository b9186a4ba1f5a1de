/*
 * sort.h - messages in an order.                    RFC 5256 3, RFC 5957 3
 *
 * Keys come from rows and from facts; texts among them are compared
 * by a collation. What is equal stays in the order of the mailbox. What a
 * message lacks, or cannot be read, is empty and comes first.
 */
#pragma once
#include "mail/search.h"
#include "mime/collation.h"
#include "mime/facts.h"

enum order_key {
	ORDER_RECEIVED,
	ORDER_ARRIVAL,		/* into the account: the email's number */
	ORDER_SIZE,
	ORDER_SENT,		/* Date:, or when it was received */
	ORDER_SUBJECT,		/* the base subject */
	ORDER_FROM,		/* the local part of the first address */
	ORDER_TO,
	ORDER_CC,
	ORDER_FROM_NAME,	/* its name, or else the whole of it */
	ORDER_TO_NAME,
	ORDER_UID,
	ORDER_SCORE,		/* the best first */
	ORDER_MARKED,		/* those that lack all flags and the keyword
				 * below come first */
};
struct order {
	enum order_key key;
	bool reverse;
	uint32_t flags;		/* of ORDER_MARKED: FLAG_* */
	struct str keyword;
	enum collation by;	/* of texts */
};

/* The most octets that the keys of a sort may have. */
enum { SORT_TEXTS_MAX = 64 << 20 };

/* The messages of a result in this order, as numbers or UIDs: *numbers, and
 * *scores, which the caller frees, have found->n of them at most, *n. Suspends,
 * and lets others have a turn. 0 or E_*; E_LIMIT: the keys are too long. */
int sort_messages(struct mailbox_view *v, const struct search_result *found,
    const struct order *by, size_t nby, bool uids, uint32_t **numbers,
    uint8_t **scores, size_t *n, struct err *err);

/* The same of messages of several mailboxes. Results are added one after the
 * other; sorting_done() puts all of them in order. */
struct sorted {
	uint64_t email, thread;
	uint32_t seq, uid;
	uint8_t score;		/* 100 where the result has none */
};
struct sorting;
/* by must outlive it. */
struct sorting *sorting_new(const struct order *by, size_t nby);
/* Suspends. 0 or E_*. */
int sorting_add(struct sorting *s, struct mailbox_view *v,
    const struct search_result *found, struct err *err);
/* All of them, good until the next call or sorting_free(), and the caller's to
 * change. Others may be added behind it. Suspends. */
struct sorted *sorting_done(struct sorting *s, struct loop *l,
    size_t *n);
/* Of all texts that it sorts by. */
size_t sorting_octets(const struct sorting *s);
void sorting_free(struct sorting *s);	/* NULL is fine */

/* Sort n numbers below n by before(), which orders all of them; lets others
 * have a turn. */
void sort_numbers(struct loop *l, uint32_t *v, size_t n,
    bool (*before)(const void *arg, uint32_t a, uint32_t b), const void *arg);

/* Walk over the messages of a result, with what is wanted of their facts (NULL
 * where they cannot be read). fn returns 0 or an E_* that ends the walk. */
enum facts_need { NEED_NONE, NEED_BRIEF, NEED_GLANCE };
int walk_result(struct mailbox_view *v, const struct search_result *found,
    enum facts_need need, int (*fn)(void *arg, const struct fetch_row *row,
    const struct facts *facts), void *arg, struct err *err);
