/*
 * notify.h - what NOTIFY asks for.                                 RFC 5465 8
 */
#pragma once
#include "imap/grammar/fetch_att.h"

enum {
	EVENT_NEW = 1 << 0,
	EVENT_EXPUNGE = 1 << 1,
	EVENT_FLAGS = 1 << 2,
	EVENT_MESSAGE = EVENT_NEW | EVENT_EXPUNGE | EVENT_FLAGS,
	EVENT_NAME = 1 << 3,
	EVENT_SUBSCRIPTION = 1 << 4,
	EVENT_METADATA = 1 << 5,
	EVENT_SERVER_METADATA = 1 << 6,
	/* There are such, but we cannot tell of them. */
	EVENT_OTHER = 1 << 7,
};

/* "inboxes" is personal: mail may be delivered to any (6.3). */
enum notify_filter { NOTIFY_SELECTED, NOTIFY_DELAYED, NOTIFY_PERSONAL,
	NOTIFY_SUBSCRIBED, NOTIFY_SUBTREE, NOTIFY_MAILBOXES };
enum { NOTIFY_GROUPS_MAX = 32, NOTIFY_NAMES_MAX = 256 };

struct notify_group {
	enum notify_filter filter;
	struct str *name;		/* p is NULL: of no mailbox */
	size_t nname;
	uint32_t events;		/* EVENT_*; 0: NONE */
};
struct notify_args {
	struct str text;		/* all of it, to be read again */
	bool none;			/* NOTIFY NONE */
	bool status;
	struct notify_group *group;
	size_t ngroup, nnames;
	/* Of what is selected there is at most one group. */
	const struct notify_group *selected;
	struct fetch_att att;		/* of its MessageNew */
	bool has_att;
};

/* What follows "NOTIFY". Too many of anything is a limit (scan_over()). */
void scan_notify(struct scan *s, struct notify_args *out);
