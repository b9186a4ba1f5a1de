/*
 * messages_sts.h - the part of messages.h that keeps what domains say about
 * TLS of those who bring them mail (MTA-STS, RFC 8461), so that it outlives
 * the process that fetched it.
 *
 * Relay alone asks: it fetched the policies, and it is whose mail they bind.
 */
#pragma once

/* The one that expires first makes room for another. */
enum { STS_ROWS_MAX = 10000 };

/* mode: enum sts_mode, and mx as in struct sts_text (trust/mta_sts.h). */
#define FIELDS_sts_row(F, S)                                          \
	F(S, str, id, 32)	/* of the record that named it */     \
	F(S, u32, mode, 0) F(S, str, mx, 8000)
/* What is kept of this domain (an A-label in lower case), also when it has
 * expired: then it is not there for long. */
#define FIELDS_sts_get_ask(F, S) F(S, str, domain, 255)
#define FIELDS_sts_get_answer(F, S)                                   \
	F(S, u8, known, 0) FIELDS_sts_row(F, S)                       \
	F(S, i64, fetched, 0) F(S, i64, expires, 0) /* since 1970 */
/* It was fetched now, in the place of what was there. E_INVALID: no policy. */
#define FIELDS_sts_put_ask(F, S)                                      \
	F(S, u64, change, 0) F(S, str, domain, 255) FIELDS_sts_row(F, S) \
	F(S, u32, max_age_s, 0)

#define STORE_CALLS_STS(C) \
	C(sts_get, answer, AUTH_RELAY, RUN_READER, CHANGE_none, own) \
	C(sts_put, done, AUTH_RELAY, RUN_WRITER, CHANGE_patient, own)
