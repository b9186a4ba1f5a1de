/*
 * messages_held.h - mail that was taken but is kept apart, for somebody to look
 * at: a part of messages.h, which has the table of all calls.
 *
 * Whoever takes it in says so (`hold` of submit). Each recipient here has it
 * once, for as long as `keep-held` says; nobody else hears of it.
 */
#pragma once

/* A person reaches his own, the operator all. */
#define STORE_CALLS_HELD(C) \
	C(held, answer, AUTH_LISTS_OWN, RUN_READER, CHANGE_none, own) \
	C(held_release, answer, AUTH_LISTS_OWN, RUN_WRITER, CHANGE_once, own) \
	C(held_drop, answer, AUTH_LISTS_OWN, RUN_WRITER, CHANGE_frees, own)

/* How many one account has at most; what is more goes into Junk. */
enum { HELD_MAX = 500 };
/* Those behind (message, account), 0 at first; of one account where there is
 * an address (the operator's; a person's are his own), of one message where
 * there is `only`. */
#define FIELDS_held_ask(F, S)                                         \
	F(S, str, address, 320) F(S, u64, only, 0)                    \
	F(S, u64, message, 0) F(S, u64, account, 0)
#define FIELDS_held_answer(F, S) F(S, str, rows, MSG_CHUNK) F(S, u8, more, 0)
#define FIELDS_held_row(F, S)                                         \
	F(S, u64, message, 0) F(S, u64, account, 0)                   \
	F(S, str, address, 320)	/* of the recipient */                \
	F(S, str, sender, 320)	/* in MAIL */                         \
	F(S, str, author, 320) F(S, str, title, ANSWER_SUBJECT_MAX)     \
	F(S, str, verdict, VERDICT_WORDS_MAX)                                       \
	F(S, i64, at, 0) F(S, i64, until, 0)	/* seconds since 1970 */ \
	F(S, u64, size, 0)

/* This message, of this recipient, or of all (the operator; address empty):
 * into INBOX, as if it came now, and what it looks like is good mail; or away.
 * Some at a time: if more is set ask again with another change id. E_NOTFOUND:
 * it is not held (any more). E_FULL: one has no room, and none of this ask was
 * released. */
#define FIELDS_held_release_ask(F, S) \
	F(S, u64, change, 0) F(S, u64, message, 0) F(S, str, address, 320)
#define FIELDS_held_release_answer(F, S) \
	F(S, u32, recipients, 0) F(S, u8, more, 0)
#define FIELDS_held_drop_ask(F, S) FIELDS_held_release_ask(F, S)
#define FIELDS_held_drop_answer(F, S) FIELDS_held_release_answer(F, S)
