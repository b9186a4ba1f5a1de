/*
 * mailboxes.h - the mailboxes of an account: all of them, one's counters, and
 * opening one.
 */
#pragma once
#include "mail/view.h"
#include "store/mailbox_name.h"

/* A name: of a mailbox, or one that is only subscribed, or only a level above
 * such a one. */
struct mailbox_node {
	struct mailbox_row row;	/* mailbox is 0 where there is none */
	size_t above;		/* its index; NO_NODE */
	bool has_children;	/* there are mailboxes right below it */
};
#define NO_NODE SIZE_MAX
/* All of an account, as a tree: what is below a name ("a/b" below "a") stands
 * right behind it, and every level of a name is there. */
struct mailbox_list {
	struct mailbox_node *node;
	size_t n;
	struct buf records;	/* where the names are */
};
/* The caller frees it, also after an error. Suspends. 0 or E_*; E_LIMIT if
 * they are more than any person has. */
int mailboxes_list(const struct account *a, struct mailbox_list *list,
    struct err *err);
/* The same with those of others that the person may look up, under OTHER_USERS
 * (store/rights.h), where a level may be none that it may. counted: unseen of
 * these is wanted, too. More than OTHERS_LISTED are cut off. */
enum { OTHERS_LISTED = 4000 };
int mailboxes_list_all(const struct account *a, bool counted,
    struct mailbox_list *list, struct err *err);
void mailboxes_free(struct mailbox_list *list);

/* Make one, with those above it that are missing; special: what it is for
 * (SPECIAL_*), 0: nothing. E_EXISTS; E_INVALID: it cannot have that name;
 * E_LIMIT. */
int mailbox_create(const struct account *a, struct str name, uint32_t special,
    struct mailbox_create_answer *made, struct err *err);
/* With all that is in it. E_NOTFOUND; E_EXISTS: there are some below it;
 * E_INVALID: INBOX; E_DENIED: only_empty, and it is not. */
int mailbox_delete(const struct account *a, struct str name, bool only_empty,
    struct err *err);
/* And all that is below it. Of INBOX only its messages go, a slice at a time,
 * to a mailbox that is made for them: should that fail in mid-way, each is in
 * one of the two. E_NOTFOUND; E_EXISTS; E_INVALID: it cannot have that name;
 * E_LIMIT. */
int mailbox_rename(const struct account *a, struct str name, struct str to,
    struct err *err);
/* A name, whether there is such a mailbox or not. E_INVALID; E_LIMIT. */
int mailbox_subscribe(const struct account *a, struct str name,
    bool subscribed, struct err *err);

/* The counters of one; deleted_size is counted if it is asked for. E_NOTFOUND:
 * there is none of that name. */
int mailbox_status(const struct account *a, struct str name, bool deleted_size,
    struct status_answer *status, struct err *err);

/* Open one: the view begins with what it holds now. found's texts live in
 * mem. The view is closed first, and stays so after an error. E_NOTFOUND. */
int mailbox_open(const struct account *a, struct str name,
    struct mailbox_view *v, struct open_answer *found, struct arena *mem,
    struct err *err);
