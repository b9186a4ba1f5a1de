/*
 * messages_hold.h - what the operator says of mail that waits for other
 * servers: that it stays for now, and what is another way of one message. A
 * part of messages.h, which has the table of all calls.
 *
 * A hold stands until it is ended: what it means waits, what waits now and what
 * comes. Time stands still for it (queue/hold.c).
 */
#pragma once

#define STORE_CALLS_HOLD(C) \
	C(hold_put, answer, AUTH_OPERATOR, RUN_WRITER, CHANGE_frees, own) \
	C(hold_end, answer, AUTH_OPERATOR, RUN_WRITER, CHANGE_frees, own) \
	C(hold_go, answer, AUTH_OPERATOR, RUN_WRITER, CHANGE_frees, own) \
	C(holds, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	C(queue_edit, answer, AUTH_OPERATOR, RUN_WRITER, CHANGE_frees, own) \
	C(queue_expire, answer, AUTH_OPERATOR, RUN_WRITER, CHANGE_frees, own)

/* Of a destination: its domain; of the others an address, "@a.domain", or (a
 * sender) "<>", which reports have. In lower case. */
enum hold_kind { HOLD_destination = 1, HOLD_sender, HOLD_rcpt };
enum { HOLDS_MAX = 1000, HOLD_WHO_MAX = 80, HOLD_REASON_MAX = 200 };
#define FIELDS_hold_of(F, S) \
	F(S, u64, change, 0) F(S, u32, kind, 0) F(S, str, what, 320)
/* From this commit on what comes is held. What waits already is held slice by
 * slice: the first one here, the others by hold_go, or by store itself if
 * nobody asks any more. changed: recipients so far. known: it stood before, and
 * has another reason now. E_LIMIT: there are HOLDS_MAX.
 *
 * hold_end: from this commit on nothing new is held. What was and is not
 * because of another hold, or for itself, goes. E_NOTFOUND: there is none. */
#define FIELDS_hold_put_ask(F, S) \
	FIELDS_hold_of(F, S) F(S, str, who, HOLD_WHO_MAX) \
	F(S, str, reason, HOLD_REASON_MAX)
#define FIELDS_hold_put_answer(F, S) \
	F(S, u64, changed, 0) F(S, u8, more, 0) F(S, u8, known, 0)
#define FIELDS_hold_end_ask(F, S) \
	FIELDS_hold_of(F, S) F(S, str, who, HOLD_WHO_MAX)
#define FIELDS_hold_end_answer(F, S) FIELDS_hold_put_answer(F, S)
#define FIELDS_hold_go_ask(F, S) FIELDS_hold_of(F, S)
#define FIELDS_hold_go_answer(F, S) FIELDS_hold_put_answer(F, S)
/* Those behind (kind, what), a page at a time. */
enum hold_state { HOLD_stands, HOLD_begins, HOLD_ends };
#define FIELDS_holds_ask(F, S) F(S, u32, kind, 0) F(S, str, what, 320)
#define FIELDS_holds_answer(F, S) F(S, str, rows, MSG_CHUNK) F(S, u8, more, 0)
#define FIELDS_hold_row(F, S)                                         \
	F(S, u32, kind, 0) F(S, str, what, 320)                       \
	F(S, i64, since, 0)	/* seconds since 1970 */              \
	F(S, str, who, HOLD_WHO_MAX) F(S, str, reason, HOLD_REASON_MAX) \
	F(S, u32, state, 0)	/* enum hold_state */

/* One message that waits. change_what: EDIT_*, at least one of them. rcpt is a
 * recipient of it; to, what it is from now on, or empty: it has that recipient
 * no more. E_NOTFOUND: there is no such message, or recipient; E_BUSY: relay
 * has it in its hands; E_DENIED: nothing is in the queue for an address of
 * ours. give_up: seconds since 1970, later than now by ten years at most. The
 * text is what was signed, and nobody's to change. */
enum queue_edit_what { EDIT_rcpt = 1, EDIT_sender = 2, EDIT_priority = 4,
	EDIT_give_up = 8 };
#define FIELDS_queue_edit_ask(F, S)                                   \
	F(S, u64, change, 0) F(S, u64, message, 0) F(S, u32, what, 0) \
	F(S, str, rcpt, 320) F(S, str, to, 320)                       \
	F(S, str, sender, 320) F(S, i64, priority, 0)                 \
	F(S, i64, give_up, 0) F(S, str, who, HOLD_WHO_MAX)
/* held: of the changed ones, so many wait because of a hold. */
#define FIELDS_queue_edit_answer(F, S) F(S, u32, changed, 0) F(S, u32, held, 0)
/* It is given up now: who sent it gets the report, as if its time had passed.
 * E_NOTFOUND, E_BUSY: as above. */
#define FIELDS_queue_expire_ask(F, S) \
	F(S, u64, change, 0) F(S, u64, message, 0) F(S, str, who, HOLD_WHO_MAX)
#define FIELDS_queue_expire_answer(F, S) F(S, u32, changed, 0)
