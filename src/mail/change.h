/*
 * change.h - changing messages of a mailbox: their flags, copying, moving and
 * expunging them.
 *
 * Store takes a change in slices, so that nobody else waits for a large one;
 * asked again after a loss it does none of them twice.
 */
#pragma once
#include "mail/view.h"

/* Which messages became which copies: pairs of u32 (low, high) each, UIDs of
 * the mailbox open and of the other one, in the same order. The caller frees
 * it. */
struct copied {
	uint32_t uidvalidity;	/* of the other mailbox */
	struct buf from, to;
	uint32_t gone;		/* of a move: others were faster */
};
void copied_free(struct copied *c);

/* Copy these messages of the view, with the flags they have, to the end of a
 * mailbox: all of them, or none. Suspends. 0 or E_*: E_NOTFOUND if there is no
 * such mailbox, E_STALE if one of the messages cannot be read any more. */
int change_copy(struct mailbox_view *v, struct selection messages,
    struct str mailbox, struct copied *done, struct err *err);

/* Move them there. Each is in one of the two mailboxes, whatever happens; after
 * an error *done says which have moved. The view hears of it by view_update().
 * Suspends. 0 or E_*, as change_copy(). */
int change_move(struct mailbox_view *v, struct selection messages,
    struct str mailbox, struct copied *done, struct err *err);

struct flag_change {
	uint32_t mode;		/* FLAGS_SET, FLAGS_ADD, FLAGS_REMOVE */
	uint32_t flags;		/* FLAG_* of store/messages.h */
	struct str keywords;	/* with a space between two */
	uint64_t unchanged_since; /* UINT64_MAX: whatever they are */
	struct buf *refused;	/* gets the UIDs of those with a higher modseq,
				 * as pairs; NULL where there can be none */
	bool silent;		/* the rows are not said: whoever asked knows
				 * what it makes of the flags it was told */
};

/* Change the flags of these messages of the view; suspends. row is called for
 * each message as it is then, also if it was so before; it returns 0, or an
 * E_* that ends the change between two slices of it. These rows count as told
 * (view_told()), but for those of a silent change whose flags somebody else
 * had changed before, which view_update() has yet to tell. 0 or E_*: then some
 * messages may be changed. */
int change_flags(struct mailbox_view *v, struct selection messages,
    const struct flag_change *change,
    int (*row)(void *arg, const struct fetch_row *row), void *arg,
    struct err *err);

/* Expunge the messages of the view that are \Deleted; if uids is not NULL,
 * only those in this selection by UID. The view hears of it by view_update().
 * Suspends. 0 or E_*: then some may be expunged. */
int change_expunge(struct mailbox_view *v, const struct selection *uids,
    struct err *err);
/* Expunge the messages of this selection by UID, whatever flags they have, and
 * the same about all else. Those that are gone already are no error. */
int change_remove(struct mailbox_view *v, const struct selection *uids,
    struct err *err);
