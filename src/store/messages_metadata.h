/*
 * messages_metadata.h - what people's programs note at a mailbox, or at all of
 * their mail: a part of messages.h, which has the table of all calls. RFC 5464
 *
 * An entry is a name, "/private/..." or "/shared/...", and octets. Private ones
 * are of the person who asks, shared ones of the owner of the mailbox. They go
 * with their mailbox, and stay with it whatever it is called.
 */
#pragma once
#include "rt/msg.h"

#define STORE_CALLS_METADATA(C) \
	C(metadata, answer, AUTH_ACCOUNT, RUN_READER, CHANGE_none, noted) \
	C(metadata_put, done, AUTH_ACCOUNT, RUN_WRITER, CHANGE_once, noted)

enum {
	METADATA_ENTRY_MAX = 256,	/* octets of a name */
	METADATA_VALUE_MAX = 32768,	/* of what it says */
	METADATA_ENTRIES_MAX = 100,	/* of a person at a mailbox */
	/* Of all that a person has, an entry costing some more than its
	 * octets: so that they can be counted whenever one is written. */
	METADATA_OCTETS_MAX = 2 << 20, METADATA_EACH = 256,
};

/* Entries with these names or one between them, in order of their octets; both
 * begin with "/private/", or both with "/shared/". name: a mailbox; empty: what
 * is of no mailbox. more: ask again, from behind the last. special: what the
 * mailbox is for, if it is one's own. E_NOTFOUND: there is none of that
 * name. */
#define FIELDS_metadata_ask(F, S)                                     \
	F(S, str, name, 1000)                                         \
	F(S, str, from, METADATA_ENTRY_MAX + 2)                       \
	F(S, str, to, METADATA_ENTRY_MAX + 2)
#define FIELDS_metadata_answer(F, S)                                  \
	F(S, str, rows, MSG_CHUNK) F(S, u8, more, 0) F(S, u32, special, 0)
#define FIELDS_metadata_row(F, S)                                     \
	F(S, str, entry, METADATA_ENTRY_MAX) F(S, u8, gone, 0)        \
	F(S, str, value, METADATA_VALUE_MAX)

/* Write entries, all of them or none: metadata_row each, in ascending order;
 * gone: there is no such entry any more. With set_special the mailbox is for
 * what special says from now on, and what was for that is not (RFC 6154 3).
 * E_NOTFOUND: there is no mailbox of that name. E_LIMIT: it has all the entries
 * it may. E_FULL: the person has. E_NORIGHT: shared ones of somebody else's
 * mailbox take `w`. E_INVALID; nobody else's is for anything. */
#define FIELDS_metadata_put_ask(F, S)                                 \
	F(S, u64, change, 0) F(S, str, name, 1000)                    \
	F(S, str, rows, MSG_CHUNK)                                    \
	F(S, u8, set_special, 0) F(S, u32, special, 0)
