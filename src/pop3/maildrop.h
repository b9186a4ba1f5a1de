/*
 * maildrop.h - the messages of an account's INBOX, as they were at the login.
 *                                                          RFC 1939 4 to 6
 *
 * Invariants:
 * 1. A number names the same message as long as the session lasts, whatever
 *    others do to the mailbox: the view is never updated, and store counts in
 *    it. So a maildrop has no memory for its messages, but a bit each once one
 *    is marked.
 * 2. Nothing changes in the mailbox before maildrop_remove().
 */
#pragma once
#include "mail/view.h"

struct maildrop {
	struct mailbox_view view;
	uint32_t uidvalidity;
	uint32_t n;		/* messages; their numbers are 1 to n */
	uint64_t size;		/* octets of all of them */
	bool no_uidls;		/* all unique-ids are ours */
	uint8_t *marked;	/* as deleted: bits; NULL: none was yet */
	uint32_t nmarked;
};

/* Open it; a must outlive it. Suspends. 0 or E_*. */
int maildrop_open(struct maildrop *m, const struct account *a,
    struct err *err);
/* Forget it. One of zeros is fine. */
void maildrop_close(struct maildrop *m);

/* Is there a message of this number that is not marked? */
bool maildrop_has(const struct maildrop *m, uint32_t number);
/* Mark one as deleted; it has that number. */
void maildrop_mark(struct maildrop *m, uint32_t number);
void maildrop_unmark(struct maildrop *m);	/* all of them */

/* One message of this number; its texts live in mem. want: WANT_*. Suspends.
 * E_NOTFOUND: store does not know it any more. */
int maildrop_get(struct maildrop *m, uint32_t number, uint32_t want,
    struct fetch_row *row, struct arena *mem, struct err *err);
/* Give all that are not marked to row, page by page; suspends. What row returns
 * other than 0 ends it. 0 or E_*. */
int maildrop_walk(struct maildrop *m,
    int (*row)(void *arg, const struct fetch_row *row), void *arg,
    struct err *err);
/* Octets of those that are not marked; suspends. 0 or E_*. */
int maildrop_octets(struct maildrop *m, uint64_t *octets, struct err *err);

/* What these emails (at most UIDLS_MAX) were called by the server they came
 * from: texts in mem, empty where they have the name we give. Suspends. 0 or
 * E_*. */
int maildrop_uidls(struct maildrop *m, const uint64_t *emails, size_t n,
    struct str *uidls, struct arena *mem, struct err *err);

/* Remove those that are marked: they are when it returns 0. Suspends. E_*: some
 * of them may not be. */
int maildrop_remove(struct maildrop *m, struct err *err);
