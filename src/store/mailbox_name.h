/*
 * mailbox_name.h - which names mailboxes may have.
 *
 * A name is UTF-8 with '/' between its levels. Its first level is INBOX in
 * capitals or something else than INBOX. Pure.
 */
#pragma once
#include "base/str.h"

enum { MAILBOX_NAME_MAX = 1000,	/* octets, as in store/messages.h */
	MAILBOX_LEVELS_MAX = 16 };

/* Where messages come that are had back from nowhere. */
#define MAILBOX_RECOVERED STR("Recovered")

/* NULL if a mailbox may have this name; else what is wrong with it. */
const char *mailbox_name_is_wrong(struct str name);

/* How many levels it has. */
size_t mailbox_name_levels(struct str name);

/* The name of the mailbox above this one; empty if it is a first level. */
static inline struct str
mailbox_name_above(struct str name)
{
	size_t i = str_rchr(name, '/');

	return i < name.n ? str_first(name, i) : str_first(name, 0);
}
