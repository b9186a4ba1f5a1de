/*
 * messages_each.h - a submit that answers for each of its recipients: a part of
 * messages.h.                                     RFC 2033 4.2, and PRDR
 *
 * Without `each` all of them get the message or none does. With it those that
 * cannot are left out of the commit, and the answer says of each handle what
 * became of it: for those that EACH_taken is said of, the promise holds.
 */
#pragma once

enum each {
	EACH_taken,
	EACH_full,		/* the mailbox has no room */
	EACH_later,		/* it has just gone, or cannot for now */
	EACH_blocked,		/* a rule about the sender says no */
	EACH_refused,		/* as mx says, and no rule has it in */
	EACH_KINDS,
};
/* refuse: of mx: nobody whose rules say nothing is to get it. */
#define FIELDS_each(F, S) F(S, u8, each, 0) F(S, u8, refuse, 0)

/* message: 0 if nobody is to get it. each: an octet for each handle, in their
 * order; empty if it was not asked for. */
#define FIELDS_submit_answer(F, S) F(S, u64, message, 0) F(S, str, each, 2000)
