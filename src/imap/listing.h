/*
 * listing.h - the names that match: what LIST and LSUB have in common.
 */
#pragma once
#include "imap/imap_int.h"
#include "mail/mailboxes.h"

enum {
	MARK_MATCHES = 1 << 0,	/* a pattern */
	MARK_SELECTED = 1 << 1,	/* is what the command asks for */
	/* Of names below it: any that is selected, and one that is and does
	 * not match, so that nothing else would tell of it. */
	MARK_BELOW = 1 << 2,
	MARK_HIDDEN_BELOW = 1 << 3,
};

struct listing {
	struct mailbox_list names;
	unsigned char *mark;	/* of each node */
};

/* All names of the account, marked; suspends. The caller ends it, also after
 * an error. 0 or E_*. */
int listing_begin(struct imap_session *s, const struct list_args *a,
    bool (*selects)(const struct mailbox_row *row, uint32_t options),
    struct listing *l, struct err *err);
void listing_end(struct listing *l);

/* "* WORD (attributes) "/" name", without an end. */
void listing_put(const struct imap_session *s, struct buf *b, struct str word,
    struct str attributes, struct str name);
/* What LIST says of a name; whether it is subscribed, too, where that is
 * asked for. */
void listing_put_attributes(struct buf *b, const struct mailbox_node *m,
    bool subscribed);
