/*
 * notify.h - what a session wants to be told by itself.           RFC 5465
 *
 * While nothing happens a session keeps the words of its NOTIFY and what they
 * come to, a few hundred octets. Store says what happens as it happens; what is
 * heard is kept, up to a bound, until the session has time to tell of it. So
 * nothing of the mailboxes has to be remembered. What would be more than the
 * bound is NOTIFICATIONOVERFLOW (5.8).
 */
#pragma once
#include "base/vec.h"
#include "imap/imap_int.h"
#include "mail/mailboxes.h"

enum { NOTIFY_TEXT_MAX = 16384, HEARD_MAILBOXES_MAX = 256,
	HEARD_NAMES_MAX = 128 };

struct heard_name {
	uint32_t what;		/* CHANGED_* */
	char *name, *was;
};
struct heard {
	struct heard_mailbox {
		uint64_t mailbox;
		uint32_t events;	/* EVENT_* */
	} *mailbox;
	size_t nmailboxes;
	struct heard_name *name;
	size_t nnames;
	bool lost;		/* more than that, or nobody knows */
};

struct notify {
	/* EVENT_* of the mailbox selected, and of any other; 0: none. */
	uint32_t selected, others;
	bool delayed;		/* SELECTED-DELAYED */
	bool fetches;		/* MessageNew has a fetch-att */
	bool utf8;		/* how names in text are read */
	struct heard heard;
	size_t ntext;
	char text[];
};

/* ---- notify.c */
void heard_free(struct heard *h);
/* Its groups again, in `mem`; suspends not. */
void notify_read(const struct notify *n, struct arena *mem,
    struct notify_args *out);
/* EVENT_* that are wanted of this mailbox or name where it is not selected. */
uint32_t notify_wanted(const struct notify_args *a,
    const struct mailbox_row *row);
void notify_free(struct notify *n);	/* NULL is fine */
/* From now on nothing is told. */
void notify_nothing(struct imap_session *s);

/* ---- notify_tell.c */
/* "* STATUS" of all that is watched and not selected. 0 or E_*. RFC 5465 3.1 */
int notify_say_status(struct imap_session *s, const struct notify_args *a,
    struct err *err);
