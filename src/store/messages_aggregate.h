/*
 * messages_aggregate.h - the part of messages.h about aggregate reports: what
 * is counted for domains that ask to be told what became of mail in their name
 * (DMARC, RFC 7489 7.2) or how TLS went to their hosts (RFC 8460), until relay
 * has sent it to them.
 *
 * A report is of one kind, domain and UTC day. Its rows are what is said of one
 * message or session, with the number of those that it is true of.
 */
#pragma once

/* All days; of one report; and how long one that cannot be sent is kept. What
 * finds no place in its report is counted as lost; where there are too many of
 * all, the report of the oldest day goes. */
enum { AGGREGATE_ROWS_ALL = 50000, AGGREGATE_ROWS_MAX = 1000,
	AGGREGATE_KEPT_DAYS = 3, AGGREGATE_FACTS_MAX = 3000,
	AGGREGATE_TO_MAX = 2 };
enum { DAY_SECONDS = 86400 };

/* What the domain's record says: p, sp: 0 none, 1 quarantine, 2 reject. */
#define FIELDS_dmarc_published(F, S)                                     \
	F(S, u8, p, 0) F(S, u8, sp, 0)                                \
	F(S, u8, strict_dkim, 0) F(S, u8, strict_spf, 0)              \
	F(S, u8, testing, 0)                                          \
	F(S, str, rua, 1000)
/* What was found of a message: results are the words of RFC 8601. */
enum dmarc_reason { DMARC_REASON_none, DMARC_REASON_local_policy };
enum { DMARC_REJECTED = 2 };	/* a disposition */
#define FIELDS_dmarc_row(F, S)                                        \
	F(S, str, host, 16)		/* octets of its address */   \
	F(S, u8, disposition, 0)	/* as p */                    \
	F(S, u8, reason, 0)		/* why it is another than asked for */ \
	F(S, u8, dkim_aligned, 0) F(S, u8, spf_aligned, 0)            \
	F(S, str, header_from, 255) F(S, str, envelope_from, 255)     \
	F(S, str, spf_domain, 255) F(S, u8, spf_helo, 0)              \
	F(S, str, spf_result, 16)                                     \
	F(S, str, dkim, 1500)		/* of each signature "d= s= result" \
					 * with LF behind it */
/* All of it of one message: of submit, for what is taken. */
enum { DMARC_SEEN_MAX = 4200 };
#define FIELDS_dmarc_seen(F, S)                                       \
	F(S, str, domain, 255)		/* that has the record */     \
	FIELDS_dmarc_published(F, S) FIELDS_dmarc_row(F, S)
/* Of what was refused. E_INVALID: it makes no sense. */
#define FIELDS_dmarc_refused_ask(F, S) \
	F(S, u64, change, 0) F(S, str, seen, DMARC_SEEN_MAX)

/* How TLS went in one session with a host of the domain (RFC 8460 4.4).
 * policy: its lines (4.5), with LF behind each. result: a word of 4.3; empty:
 * all is well. */
enum tls_row_by { TLS_ROW_no_policy, TLS_ROW_sts, TLS_ROW_tlsa, TLS_ROW_BYS };
enum { TLS_ROW_POLICY = 2000, TLS_ROW_REASON = 200 };
#define FIELDS_tls_row(F, S)                                          \
	F(S, u8, by, 0)			/* whose policy it was held to */ \
	F(S, str, policy, TLS_ROW_POLICY)                             \
	F(S, str, mx, 255) F(S, str, address, 16)	/* octets */  \
	F(S, str, result, 32) F(S, str, reason, TLS_ROW_REASON)
#define FIELDS_tls_seen(F, S) \
	F(S, str, domain, 255) F(S, u64, n, 0) FIELDS_tls_row(F, S)
/* seen: a struct tls_seen each. What makes no sense is passed over. */
#define FIELDS_tls_count_ask(F, S) \
	F(S, u64, change, 0) F(S, str, seen, MSG_CHUNK)

/* The first report that is due: known 0 where there is none. policy: of DMARC
 * a struct dmarc_published; of TLS empty. */
enum aggregate_kind { AGGREGATE_dmarc = 1, AGGREGATE_tls };
#define FIELDS_aggregate_name(F, S)                                   \
	F(S, u32, kind, 0)                                            \
	F(S, i64, day, 0)		/* seconds since 1970, its beginning */ \
	F(S, str, domain, 255)
#define FIELDS_aggregate_next_ask(F, S) F(S, u8, none, 0)
#define FIELDS_aggregate_next_answer(F, S)                            \
	F(S, u8, known, 0) FIELDS_aggregate_name(F, S)                \
	F(S, str, policy, AGGREGATE_FACTS_MAX)                        \
	F(S, u32, rows, 0) F(S, u64, lost, 0)                         \
	F(S, u8, ours, 0)	/* of DMARC, and the domain is one of ours */
/* Its rows, from behind `after` (empty, and then `next`) on. */
#define FIELDS_aggregate_rows_ask(F, S) \
	FIELDS_aggregate_name(F, S) F(S, str, after, 16)
#define FIELDS_aggregate_rows_answer(F, S) \
	F(S, str, rows, MSG_CHUNK) F(S, str, next, 16)
/* facts: a struct dmarc_row or tls_row. */
#define FIELDS_aggregate_row(F, S) \
	F(S, u64, n, 0) F(S, str, facts, AGGREGATE_FACTS_MAX)
/* It goes to these (addresses, LF behind each), from nobody, and is forgotten,
 * in one commit. Without `to` it is forgotten, or comes again in `later_s`.
 * E_NOTFOUND: somebody else has sent it. E_LIMIT: it is longer than any. */
enum { AGGREGATE_MAIL_MAX = 1 << 24 };
#define FIELDS_aggregate_send_ask(F, S)                               \
	F(S, u64, change, 0) FIELDS_aggregate_name(F, S)              \
	F(S, str, to, 700) F(S, u32, later_s, 0)                      \
	F(S, u8, read, 0)	/* we have it: messages_feedback.h */  \
	FIELDS_deposited(F, S) F(S, str, signature, 8192)
#define FIELDS_aggregate_send_answer(F, S) F(S, u64, message, 0)

/* For the operator: what waits to be sent, in the order it is due, from behind
 * `after` reports on; and all of it, of a day that is not over as well, is due
 * now. */
#define FIELDS_aggregates_ask(F, S) F(S, u32, after, 0)
#define FIELDS_aggregates_answer(F, S) \
	F(S, str, rows, MSG_CHUNK) F(S, u8, more, 0)
#define FIELDS_aggregate_waits(F, S)                                  \
	FIELDS_aggregate_name(F, S) F(S, i64, due, 0)                 \
	F(S, str, rua, 1000) F(S, u32, rows, 0) F(S, u64, messages, 0)
#define FIELDS_aggregate_now_ask(F, S) F(S, u64, change, 0)
#define FIELDS_aggregate_now_answer(F, S) F(S, u32, n, 0)

#define STORE_CALLS_AGGREGATE(C) \
	C(dmarc_refused, done, AUTH_MX, RUN_WRITER, CHANGE_patient, own) \
	C(tls_count, done, AUTH_RELAY, RUN_WRITER, CHANGE_patient, own) \
	C(aggregate_next, answer, AUTH_RELAY, RUN_READER, CHANGE_none, own) \
	C(aggregate_rows, answer, AUTH_RELAY, RUN_READER, CHANGE_none, own) \
	C(aggregate_send, answer, AUTH_RELAY, RUN_WRITER, CHANGE_once, own) \
	C(aggregates, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	C(aggregate_now, answer, AUTH_OPERATOR, RUN_WRITER, CHANGE_once, own)
#define STORE_RECORDS_AGGREGATE(R) \
	R(dmarc_published) R(dmarc_row) R(dmarc_seen) R(aggregate_row) \
	R(aggregate_waits) R(tls_row) R(tls_seen)
