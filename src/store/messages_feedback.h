/*
 * messages_feedback.h - the part of messages.h about reports that others send
 * us: what they saw of mail in the name of our domains (DMARC, RFC 7489 7.2),
 * and how TLS went with our hosts (RFC 8460).
 *
 * mx reads them, and tells what is in one; nobody here reads it again.
 */
#pragma once

/* Every domain of ours has this address for them, unless it is somebody's. */
#define FEEDBACK_LOCAL "mail-reports"

/* Of one report: its rows, octets of these, and sessions or messages of a row.
 * What finds no place is in head.rest. */
enum { FEEDBACK_ROWS_MAX = 1000, FEEDBACK_ROWS_OCTETS = 160000,
	FEEDBACK_ROW_OCTETS = 1200 };	/* one has no more */
#define FEEDBACK_COUNT_MAX (UINT64_C(1) << 40)
/* Octets of all of them, and of one sender's; what each costs besides its rows;
 * and how long one is kept. The sender's oldest goes first, then the oldest of
 * all. */
enum { FEEDBACK_ALL = 64 << 20, FEEDBACK_OF_ONE = 16 << 20,
	FEEDBACK_COST = 1500, FEEDBACK_KEPT_DAYS = 90 };

/* Strs are printable ASCII. What there is of one sender (who is proven; all
 * the others are one), kind, domain and id is one report. */
#define FIELDS_feedback_head(F, S)                                    \
	F(S, u32, kind, 0)		/* enum aggregate_kind */     \
	F(S, str, domain, 255)		/* it is about: ours */       \
	F(S, str, org, 255) F(S, str, contact, 320)                   \
	F(S, str, id, 255)		/* as they call it */         \
	F(S, str, sender, 255)		/* a domain that sent it, proven by \
					 * DMARC, SPF or DKIM; empty */ \
	F(S, i64, begins, 0) F(S, i64, ends, 0)	/* seconds since 1970 */ \
	F(S, str, policy, 255)		/* of the domain, as they saw it */ \
	F(S, u64, good, 0)		/* messages that pass DMARC; sessions */ \
	F(S, u64, bad, 0)		/* the others */              \
	F(S, u64, rest, 0)		/* those that are in no row */ \
	F(S, u32, nrows, 0)
/* disposition: as p of dmarc_published. passed: "spf=DOMAIN dkim=DOMAIN", what
 * passed whoever it belongs to. reason: why something else was done. */
#define FIELDS_feedback_dmarc_row(F, S)                               \
	F(S, u64, n, 0) F(S, str, host, 16)                           \
	F(S, u8, disposition, 0)                                      \
	F(S, u8, dkim_aligned, 0) F(S, u8, spf_aligned, 0)            \
	F(S, str, header_from, 255) F(S, str, passed, 500)            \
	F(S, str, reason, 64)
/* result: a word of RFC 8460 4.3; empty: all was well. */
#define FIELDS_feedback_tls_row(F, S)                                 \
	F(S, u64, n, 0) F(S, str, by, 32)	/* policy-type */     \
	F(S, str, result, 64) F(S, str, mx, 255)                      \
	F(S, str, host, 16)		/* octets of who sent */       \
	F(S, str, reason, 200)

/* Of mx, and of relay about what it reports to ourselves. Once it is answered
 * it is on the disk; known: it was before. rows: feedback_dmarc_row or
 * feedback_tls_row, nrows of them. E_NOTFOUND: it is about no domain of
 * ours. E_INVALID: it makes no sense. */
#define FIELDS_feedback_add_ask(F, S)                                 \
	F(S, u64, change, 0) FIELDS_feedback_head(F, S)               \
	F(S, str, rows, FEEDBACK_ROWS_OCTETS)
#define FIELDS_feedback_add_answer(F, S) F(S, u8, known, 0)

/* For the operator: all of them, feedback_row each, from behind `after` on; of
 * this domain and those below it, empty: of each. next is 0 at the end. */
#define FIELDS_feedbacks_ask(F, S) F(S, u64, after, 0) F(S, str, domain, 255)
#define FIELDS_feedbacks_answer(F, S) \
	F(S, str, rows, MSG_CHUNK) F(S, u64, next, 0)
#define FIELDS_feedback_row(F, S)                                     \
	F(S, u64, report, 0) F(S, i64, at, 0) FIELDS_feedback_head(F, S)
/* One of them, with its rows. E_NOTFOUND. */
#define FIELDS_feedback_get_ask(F, S) F(S, u64, report, 0)
#define FIELDS_feedback_get_answer(F, S)                              \
	FIELDS_feedback_row(F, S) F(S, str, facts, FEEDBACK_ROWS_OCTETS)

#define STORE_CALLS_FEEDBACK(C) \
	C(feedback_add, answer, AUTH_MX | AUTH_RELAY, RUN_WRITER, \
	    CHANGE_once, own) \
	C(feedbacks, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	C(feedback_get, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own)
#define STORE_RECORDS_FEEDBACK(R) \
	R(feedback_head) R(feedback_row) R(feedback_dmarc_row) \
	R(feedback_tls_row)
