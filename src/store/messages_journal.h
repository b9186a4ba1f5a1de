/*
 * messages_journal.h - what happened, as it is told and read: a part of
 * messages.h, which has the table of all calls.
 */
#pragma once

/* An event for the journal, by the role that saw it. A notice: no answer. */
enum journal_event { JOURNAL_refused = 1,
	JOURNAL_login,		/* no session: by vault, which proved it */
	JOURNAL_login_failed,	/* by vault alone */
	JOURNAL_received, JOURNAL_stored, JOURNAL_queued, JOURNAL_appended,
	JOURNAL_expunged,
	JOURNAL_forwarded,	/* by an alias: address is the new one */
	JOURNAL_delivered,	/* taken by the next server: its reply */
	JOURNAL_deferred,	/* its reply, or what was in the way */
	JOURNAL_failed,		/* for good */
	JOURNAL_reported,	/* a report went to the sender */
	JOURNAL_unreported,	/* a report that had nobody to go to */
	JOURNAL_held, JOURNAL_released, JOURNAL_retried, JOURNAL_dropped,
	JOURNAL_damaged,	/* on the disk: it cannot be read */
	JOURNAL_copied,		/* code of them, to the mailbox text */
	JOURNAL_moved,
	JOURNAL_recovered,	/* by repair, into the mailbox text */
	JOURNAL_undeleted,	/* code of them, by the operator */
	JOURNAL_emptied,	/* code of them, that were too old, of the
				 * mailbox text */
	JOURNAL_password,	/* by vault: another one was chosen */
	JOURNAL_factor,		/* the second one: set up, used up, taken off */
	JOURNAL_access,		/* to the mailbox text begins with, from
				 * `from`: who has which rights now */
	JOURNAL_via,		/* how it came, as a server in front says */
	JOURNAL_edited,		/* by the operator: text says what of it */
	JOURNAL_expired,	/* he gave it up; what follows is in `failed` */
	JOURNAL_stopped,	/* address may send nothing any more */
	JOURNAL_unlocked };	/* but now it may again, by the operator */
enum { JOURNAL_TEXT_MAX = 1000 };
#define FIELDS_journal_ask(F, S)                                    \
	F(S, u32, event, 0)                                         \
	F(S, u64, message, 0)		/* 0: none */               \
	F(S, str, session, 32) F(S, str, peer, 64)                  \
	F(S, str, from, 320) F(S, str, address, 320) F(S, u32, code, 0) \
	F(S, str, text, JOURNAL_TEXT_MAX)
/* Rows of a day from an offset (0 at first) on; no rows: there are no more
 * now. E_NOTFOUND: none of that day. */
#define FIELDS_journal_read_ask(F, S) \
	F(S, str, day, 10) F(S, u64, offset, 0) /* "2026-11-22" */
#define FIELDS_journal_read_answer(F, S) F(S, str, rows, MSG_CHUNK) F(S, u64, next, 0)
#define FIELDS_journal_row(F, S)                                      \
	F(S, i64, at_us, 0) F(S, u32, event, 0) F(S, u64, message, 0) \
	F(S, str, session, 32) F(S, str, peer, 64)                    \
	F(S, str, from, 320) F(S, str, address, 320) F(S, u32, code, 0) \
	F(S, str, text, JOURNAL_TEXT_MAX)
