/*
 * messages_notice.h - what store tells who watches an account.
 */
#pragma once
#include "rt/msg.h"

/* Ask to be told (notice `changed`) when this mailbox changes, or any of the
 * account, and their names. One of them a watch id; mailbox 0 ends it. The
 * watch ids are the client's. */
#define WATCH_ACCOUNT UINT64_MAX
#define FIELDS_watch_ask(F, S) F(S, u64, mailbox, 0) F(S, u32, id, 0)

/* What happened to a mailbox: it is at least at this modseq now. Or to a name,
 * which is told with WATCH_ACCOUNT only: mailbox is 0 then; of a mailbox that
 * was renamed `was` is what it was called; of metadata it names the entry, and
 * name is empty for what is noted at no mailbox. A notice is only a hint and
 * may say less than happened, or more; but for `own`: the calls that did it
 * were all of the connection that is told.
 *
 * what is 0 where anything may have happened: the client's own words after a
 * connection was lost. */
enum { CHANGED_arrived = 1, CHANGED_gone = 2, CHANGED_flags = 4,
	CHANGED_created = 8, CHANGED_removed = 16, CHANGED_renamed = 32,
	CHANGED_subscription = 64, CHANGED_metadata = 128 };
#define FIELDS_changed(F, S)                                          \
	F(S, u32, id, 0) F(S, u64, mailbox, 0) F(S, u64, modseq, 0)   \
	F(S, u32, what, 0) F(S, u8, own, 0)                           \
	F(S, str, name, 1000) F(S, str, was, 1000)
