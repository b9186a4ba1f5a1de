/*
 * messages_ban.h - the part of messages.h about networks whose connections are
 * not taken (rt/bans.h).
 */
#pragma once

enum { BAN_REASON_MAX = 200,
	/* By hand; and those that store makes by itself. */
	BANS_BY_HAND = 4096 };

/* octets (4, 16) of a network, with `bits`. */
#define FIELDS_ban_of(F, S) F(S, str, network, 16) F(S, u32, bits, 0)
/* In the place of what was said of this network before. seconds 0: until it is
 * lifted. doors: enum ban_door. E_INVALID: no network, or more than a /8 (IPv6:
 * /16), or one of this machine. E_LIMIT: there are BANS_BY_HAND. */
#define FIELDS_ban_put_ask(F, S)                                      \
	F(S, u64, change, 0) FIELDS_ban_of(F, S)                      \
	F(S, u32, doors, 0) F(S, u32, seconds, 0)                     \
	F(S, str, reason, BAN_REASON_MAX)	/* the operator's own */
/* E_NOTFOUND. */
#define FIELDS_ban_lift_ask(F, S) F(S, u64, change, 0) FIELDS_ban_of(F, S)
/* Those in force, in an order of its own, from behind this one (of no bits, at
 * first) on. */
#define FIELDS_bans_ask(F, S) FIELDS_ban_of(F, S)
#define FIELDS_bans_answer(F, S) F(S, str, rows, MSG_CHUNK) F(S, u8, more, 0)
#define FIELDS_ban_row(F, S)                                          \
	FIELDS_ban_of(F, S) F(S, u32, doors, 0)                       \
	F(S, u32, why, 0)	/* enum ban_why */                    \
	F(S, i64, at, 0) F(S, i64, until, 0) /* INT64_MAX: lifted */  \
	F(S, u32, times, 0)	/* it has been banned */              \
	F(S, str, reason, BAN_REASON_MAX)

/* By store itself: for `seconds` the first time, then longer, at most
 * `longest`. */
#define FIELDS_ban_auto_ask(F, S)                                     \
	FIELDS_ban_of(F, S) F(S, u32, doors, 0) F(S, u32, why, 0)     \
	F(S, u32, seconds, 0) F(S, u32, longest, 0)

#define STORE_CALLS_BAN(C) \
	C(ban_put, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_once, own) \
	C(ban_lift, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_frees, own) \
	C(bans, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	C(ban_auto, done, AUTH_NOBODY, RUN_WRITER, CHANGE_none, own)

/* A notice of mx: commands that made no sense, in a session from there. */
#define FIELDS_strike_ask(F, S) F(S, str, host, 16) F(S, u32, n, 0)
