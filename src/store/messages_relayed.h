/*
 * messages_relayed.h - domains whose mail is taken and passed on: a part of
 * messages.h, which has the table of all calls.
 */
#pragma once

#define STORE_CALLS_RELAYED(C) \
	C(relayed_change, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_names, own) \
	C(relayed, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own)

enum { RELAYED_LOCAL_MAX = 64 };	/* RFC 5321 4.5.3.1.1 */
/* Addresses that there are, there, come or go: rows of relayed_row. E_NOTFOUND:
 * no such domain; E_INVALID: it is not passed on, or a local part is none. */
#define FIELDS_relayed_change_ask(F, S)                                \
	F(S, u64, change, 0) F(S, str, domain, 255) F(S, u8, remove, 0) \
	F(S, str, rows, MSG_CHUNK)
/* The local part, in lower case where it is told; "*": any. */
#define FIELDS_relayed_row(F, S) F(S, str, local, RELAYED_LOCAL_MAX)
/* Those behind `after`, which is empty at first. */
#define FIELDS_relayed_ask(F, S) \
	F(S, str, domain, 255) F(S, str, after, RELAYED_LOCAL_MAX)
#define FIELDS_relayed_answer(F, S) F(S, str, rows, MSG_CHUNK) F(S, u8, more, 0)
