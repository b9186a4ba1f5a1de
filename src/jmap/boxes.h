/*
 * boxes.h - the mailboxes of an account as JMAP has them.      RFC 8621 2
 */
#pragma once
#include "jmap/set.h"
#include "mail/mailboxes.h"

/* The node of this id; NULL: there is none. */
const struct mailbox_node *box_of(const struct mailbox_list *list,
    struct str id);
/* Its name, without those above it. */
struct str box_name(const struct mailbox_node *node);
/* "inbox", ...; NULL p: none. */
struct str box_role(const struct mailbox_node *node);
/* What a role is in the store: SPECIAL_*, 0: no such. */
uint32_t box_special(struct str role);
/* Of all mailboxes, with everything that is said of them. */
void boxes_state(const struct mailbox_list *list, char state[STATE_MAX]);

/* One as it is said. */
struct box {
	const struct mailbox_list *list;
	const struct mailbox_node *node;
	uint32_t total, unread;
};
extern const struct property box_properties[];
struct box box_new(const struct mailbox_list *list,
    const struct mailbox_node *node);
/* Fill in unread. 0 or E_*. */
int box_count_unread(struct call *c, struct box *m, struct err *err);
