/*
 * view.h - a mailbox as a session has been told of it.
 *
 * A view is two modseqs (store/messages.h). Nothing but view_update() moves
 * them, so between two updates every sequence number names the same message.
 *
 * A session that changes flags tells of it at once (or need not tell at all).
 * Such messages are remembered with the modseq of the change, and the next
 * update leaves out exactly these: a change that somebody else made meanwhile
 * has another modseq and is told.
 */
#pragma once
#include "mail/account.h"

enum { MAIL_PAGE_MEM = 2 << 20 };	/* an answer of store, decoded */

struct mailbox_view {
	const struct account *account;
	struct view at;		/* mailbox 0: none is open */
	uint32_t exists;	/* messages, as told */
	uint64_t heard;		/* the mailbox's modseq, as answers since the
				 * last update said it; 0: none did */
	bool untold;		/* there are messages that nobody who reads the
				 * mailbox has been told of */
	struct buf already_told; /* u32 UID and u64 modseq each, ascending */
};

/* A mailbox as it is at the moment of each ask, for who is told nothing and
 * names messages by UID; asks nobody. */
struct mailbox_view view_now(const struct account *a, uint64_t mailbox);
/* No mailbox; gives its memory back. A view of zeros is fine. */
void view_close(struct mailbox_view *v);

/* An answer said that the mailbox is at this modseq now. */
void view_heard(struct mailbox_view *v, uint64_t modseq);
/* This message's flags, as of its modseq, were told or need not be. Messages
 * come in ascending order of UID. */
void view_told(struct mailbox_view *v, const struct fetch_row *row);

/* Was this message told as it was at this modseq? */
bool view_knows(const struct mailbox_view *v, uint32_t uid, uint64_t modseq);

/* Messages of a view, by sequence number or by UID: pairs of u32, low and
 * high, both inside, ascending; UINT32_MAX is the last one there is. */
struct selection {
	struct str ranges;
	bool by_uid;
};
/* Append a pair. */
void selection_add(struct buf *ranges, uint32_t low, uint32_t high);
/* Take as many ranges off the front as one ask holds; false at the end. */
bool selection_next(struct selection *sel, struct str *ranges);

enum news_kind {
	NEWS_GONE,		/* n: the sequence number that is no more,
				 * right at the time it is told */
	NEWS_EXISTS,		/* n: how many messages there are now */
	NEWS_FLAGS,		/* row: a message whose flags changed */
	NEWS_REMOVED,		/* the mailbox is no more, or is somebody else's
				 * who lets it be read no more: behind NEWS_GONE
				 * for all messages; there will be no news */
};
struct news {
	enum news_kind kind;
	uint32_t n;
	const struct fetch_row *row;
	uint32_t uid;		/* of NEWS_GONE; 0: with a mailbox removed */
};

/* Tell what changed since the view was told, in the order in which it has to
 * be said, and move the view on; suspends. expunges: whether messages may go
 * now. Asks store nothing when it has heard that there is nothing to tell.
 * tell returns 0, or an E_* that ends the update. 0 or E_*. */
int view_update(struct mailbox_view *v, bool expunges,
    int (*tell)(void *arg, const struct news *news), void *arg,
    struct err *err);

/* Of the messages with these UIDs, those that are not in the view and went
 * after that modseq, or nobody knows any more when: tell gets their UIDs, as
 * pairs of u32, ascending, in pieces. Suspends. 0 or E_*. */
int view_vanished(const struct mailbox_view *v, struct selection uids,
    uint64_t since, void (*tell)(void *arg, struct str pairs), void *arg,
    struct err *err);

/* Be the one who was told first of what nobody had been told of: the messages
 * with UIDs from *from up to and without *below, none if these are the same.
 * Not tried again before there is more. Suspends. 0 or E_*. */
int view_take_untold(struct mailbox_view *v, uint32_t *from, uint32_t *below,
    struct err *err);

/* The next of the fetch_row records of an answer: 1, 0 at their end, or
 * E_PROTO. Its texts are borrowed from the records. */
int row_next(struct rd *records, struct fetch_row *row, struct err *err);
