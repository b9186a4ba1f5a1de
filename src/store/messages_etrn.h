/*
 * messages_etrn.h - a server that was away asks for its mail: a part of
 * messages.h, which has the table of all calls.                  RFC 1985
 *
 * Which host may ask for which destination mx has looked at, by what the
 * operator says. Nothing is told but how much waits there, nothing is changed
 * but when it is tried, and not more often than `etrn-per-hour` says of one
 * name, whoever asks mx.
 */
#pragma once

#define STORE_CALLS_ETRN(C) \
	C(etrn, answer, AUTH_MX, RUN_WRITER, CHANGE_once, own)

/* Recipients whose number is told; more are only many. */
enum { ETRN_TOLD_MAX = 10000 };
/* What waits for this domain (lower case, A-labels), and with `below` for
 * every domain below it, is due now, as if the operator had said so; held mail
 * and what leaves later stays where it is. A slice: where next is not empty ask
 * again with another change id and that as cursor. waiting: how many
 * recipients there are in the slice, those that were due already counted;
 * above ETRN_TOLD_MAX: at least so many. E_LIMIT: asked for too often; how
 * long to wait is in the words. */
#define FIELDS_etrn_ask(F, S)                                         \
	F(S, u64, change, 0) F(S, str, domain, 255) F(S, u8, below, 0) \
	F(S, str, cursor, 300)
#define FIELDS_etrn_answer(F, S) \
	F(S, u32, waiting, 0) F(S, str, next, 300)
