/*
 * mailboxes.h - the mailboxes of an account: all of them, one's counters, and
 * opening one.
 */
#pragma once
#include "mail/view.h"

enum { MAILBOX_NAME_MAX = 1000 };	/* octets, as in store/messages.h */

/* All of an account, in the order of the octets of their names: what is below
 * a name ("a/b" below "a") stands in one run somewhere behind it. */
struct mailbox_list {
	struct mailbox_row *row;
	size_t n;
	struct buf records;	/* where the names are */
};
/* The caller frees it, also after an error. Suspends. 0 or E_*; E_LIMIT if
 * they are more than any person has. */
int mailboxes_list(const struct account *a, struct mailbox_list *list,
    struct err *err);
void mailboxes_free(struct mailbox_list *list);
/* The one of this name; NULL. */
const struct mailbox_row *mailboxes_find(const struct mailbox_list *list,
    struct str name);
bool mailboxes_has_below(const struct mailbox_list *list, struct str name);

/* The counters of one. E_NOTFOUND: there is none of that name. */
int mailbox_status(const struct account *a, struct str name,
    struct status_answer *status, struct err *err);

/* Open one: the view begins with what it holds now. found's texts live in
 * mem. The view is closed first, and stays so after an error. E_NOTFOUND. */
int mailbox_open(const struct account *a, struct str name,
    struct mailbox_view *v, struct open_answer *found, struct arena *mem,
    struct err *err);
