/*
 * messages_limits.h - how much an account may hand in, and one that is stopped:
 * a part of messages.h, which has the table of all calls.
 *
 * What an account hands in is counted, whatever it comes by, in the commit that
 * takes it (queue/limits.c). What is above a limit is E_RATE, with words for
 * the person that say when again. Some limits stop the account: what it sent
 * looks like somebody else's doing. Then all it hands in is E_RATE, what waits
 * in the queue is held, and its owner and the postmaster of its domain are
 * told, until the operator unlocks it.
 */
#pragma once

#define STORE_CALLS_LIMITS(C) \
	C(limits, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	C(limit_put, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_once, own) \
	C(unlock, answer, AUTH_OPERATOR, RUN_WRITER, CHANGE_frees, own)

/* In the order of the columns of their table, too. new_day: recipients that it
 * never wrote to before. */
enum send_limit {
	SEND_LIMIT_messages_hour, SEND_LIMIT_recipients_hour,
	SEND_LIMIT_messages_day, SEND_LIMIT_recipients_day,
	SEND_LIMIT_new_day,
	SEND_LIMIT_COUNTS,
	SEND_LIMIT_size = SEND_LIMIT_COUNTS, /* octets of a message */
	SEND_LIMIT_KINDS
};
#define SEND_LIMIT_NONE ((uint64_t)INT64_MAX)
enum { SEND_LIMIT_MOST = 1000000000 };	/* of what is counted */

/* Which the account has: limit_row each, as enum send_limit. stopped: since
 * when, seconds since 1970, and by which limit of how many; 0: it is not. */
#define FIELDS_limits_ask(F, S) F(S, str, address, 320)
#define FIELDS_limits_answer(F, S)                                    \
	F(S, str, rows, 400)                                          \
	F(S, i64, stopped, 0) F(S, u32, why, 0) F(S, u64, most, 0)
/* own: 0: what the option says; SEND_LIMIT_NONE. used: of `most`, now. */
#define FIELDS_limit_row(F, S)                                        \
	F(S, u64, own, 0) F(S, u64, most, 0)	/* 0: any */          \
	F(S, u64, used, 0)
#define FIELDS_limit_put_ask(F, S)                                    \
	F(S, u64, change, 0) F(S, str, address, 320)                  \
	F(S, u32, limit, 0) F(S, u64, most, 0)	/* as own */

/* It may send again, and nothing counts against it. What of it is held leaves,
 * or drop: is dropped, with what waits and what was to leave later. Of who was
 * not stopped nothing leaves, and drop means what is held. changed: recipients,
 * so far; more: the others follow. */
#define FIELDS_unlock_ask(F, S) \
	F(S, u64, change, 0) F(S, str, address, 320) F(S, u8, drop, 0)
#define FIELDS_unlock_answer(F, S)                                    \
	F(S, i64, stopped, 0)	/* since when it was; 0 */            \
	F(S, u32, changed, 0) F(S, u8, more, 0)
