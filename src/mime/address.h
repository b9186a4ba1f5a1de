/*
 * address.h - lists of addresses.                     RFC 5322 3.4 and 4.4
 *
 * Tolerant: accepts obsolete syntax (routes, white space and comments between
 * all words, empty members) and makes the best of what is malformed. Encoded
 * words stay as they are.
 */
#pragma once
#include "base/arena.h"

/* Kept in records of facts: see record.h before these change. */
enum address_kind {
	ADDRESS_MAILBOX,
	ADDRESS_GROUP,	   /* start of a group; name is the group's */
	ADDRESS_GROUP_END, /* no text at all */
};

struct address {
	enum address_kind kind;
	struct str name;    /* phrase, quotes removed; or the comment behind
			     * an address without one; .p NULL if none */
	struct str route;   /* "@a,@b" of <@a,@b:c@d>; .p NULL if none */
	struct str mailbox; /* local part, quotes removed */
	struct str host;    /* empty if there was no "@" */
};

struct address_list {
	struct address *v;
	size_t n;
	bool truncated; /* there were more than max */
};

/* Parse a field value (folded or not). Each text is borrowed from value or
 * lives in the arena; at most max entries. Groups always come in pairs of
 * ADDRESS_GROUP and ADDRESS_GROUP_END. */
struct address_list address_parse(struct arena *a, struct str value,
    size_t max);
