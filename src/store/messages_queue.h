/*
 * messages_queue.h - the part of messages.h that is about the queue.
 *
 * What relay is handed is a *lease*: one message to some recipients of one
 * destination, or the wish to report on it. A lease is a number good on this
 * connection and ends with it; everything not reported is then due again.
 */
#pragma once

/* Wait at most wait_ms for work. items: struct queue_item each, all for
 * `destination` (deliver), or one (report), or a struct note_item (note). No
 * items: nothing came in time. A connection may have several of these
 * waiting. */
enum take_kind { TAKE_DELIVER = 1, TAKE_REPORT, TAKE_NOTE };
#define FIELDS_take_ask(F, S) F(S, u32, wait_ms, 0)
#define FIELDS_take_answer(F, S)                                      \
	F(S, u32, kind, 0)                                            \
	F(S, str, destination, 255)	/* a domain, lower case */    \
	F(S, str, items, MSG_CHUNK)                                   \
	F(S, u8, again, 0)	/* the operator asked: also hosts that were \
				 * down a moment ago */
#define FIELDS_queue_item(F, S)                                       \
	F(S, u64, lease, 0)                                           \
	F(S, u64, message, 0)		/* its name in logs */        \
	FIELDS_envelope(F, S)                                         \
	F(S, u64, size, 0)		/* octets, signature apart */ \
	F(S, u8, body_8bit, 0)                                        \
	F(S, i64, queued, 0)		/* when it came, seconds */   \
	F(S, i64, expires, 0)		/* when we give up */         \
	F(S, str, signature, 8192)	/* fields to send first */    \
	F(S, str, signature_7bit, 8192)	/* or these, with a text of 7 \
					 * bits; empty: there are none */ \
	F(S, u8, stranger, 0)		/* of a report: whom it goes to \
					 * wrote to an alias, and is not \
					 * told where that leads */   \
	F(S, u8, elsewhere, 0)		/* of a report: nobody here has \
					 * it alone, it goes on */    \
	F(S, str, rcpts, 150000)	/* struct queue_rcpt each */
/* outcome and what follows say what happened last (of a report: what is to
 * be reported); 0 and empty before the first attempt. */
#define FIELDS_queue_rcpt(F, S)                                       \
	F(S, u32, n, 0)			/* its number in the message */ \
	FIELDS_addressee(F, S)                                        \
	F(S, u32, attempts, 0)                                        \
	F(S, u32, outcome, 0) F(S, u32, code, 0)                      \
	F(S, str, status, 12) F(S, str, text, 1000)                   \
	F(S, str, host, 255) F(S, i64, last, 0)

/* The stored octets of a leased message: as content_answer; its prefix is the
 * `front` it came with. */
#define FIELDS_queue_content_ask(F, S) \
	F(S, u64, lease, 0) F(S, u64, offset, 0) F(S, u32, len, 0)
#define FIELDS_queue_content_answer(F, S) \
	F(S, str, octets, MSG_CHUNK) F(S, u64, total, 0) \
	F(S, str, prefix, FRONT_MAX)

/* What became of recipients: struct queue_result each. A lease ends when all
 * its recipients have a result. Committed when answered. A recipient that is
 * no longer there (dropped by the operator meanwhile) is passed over. */
enum queue_outcome {
	OUTCOME_delivered = 1,	/* 250 after the text; the next server does
				 * what NOTIFY wants (it offers DSN) */
	OUTCOME_relayed,	/* 250, and it does not: report if asked */
	OUTCOME_deferred,	/* try again */
	OUTCOME_failed,		/* do not */
	OUTCOME_delayed,	/* only in a report: it still waits */
	OUTCOME_local,		/* only in a report: it is in a mailbox here */
	OUTCOME_expanded,	/* only in a report: an alias, sent on */
	OUTCOME_late,		/* only in a report: it still waits, past the
				 * time of BY (RFC 2852 4.1.3) */
	OUTCOME_passed,		/* only in a report: 250, which BY wants told
				 * (4.1.4) */
};
#define FIELDS_report_ask(F, S) F(S, u64, change, 0) F(S, str, results, MSG_CHUNK)
#define FIELDS_queue_result(F, S)                                     \
	F(S, u64, lease, 0) F(S, u32, n, 0)                           \
	F(S, u32, outcome, 0)                                         \
	F(S, u8, down, 0)		/* no host of the destination \
					 * could be reached: all its  \
					 * mail waits a while */      \
	F(S, u32, code, 0)		/* 0: no reply of a server */ \
	F(S, str, status, 12)		/* "4.4.1" */                 \
	F(S, str, text, 1000)		/* the reply, or our words */ \
	F(S, str, host, 255) F(S, str, address, 64)                   \
	F(S, str, tls, 64)		/* "TLSv1.3"; empty: clear */ \
	F(S, u8, by, 0)			/* the host offers DELIVERBY */ \
	F(S, str, source, 400)		/* our address or the proxy it was \
					 * by; empty: as it comes */
/* Leases (u64 each) that end with nothing done. A notice. */
#define FIELDS_release_ask(F, S) F(S, str, leases, 8 * 1000)

/* The report of a TAKE_REPORT lease, as a message: store sends it to the
 * reverse-path of the leased one (never another address) with an empty one of
 * its own, and forgets the recipients it was about. The lease ends. */
#define FIELDS_bounce_ask(F, S)                                       \
	F(S, u64, change, 0) F(S, u64, lease, 0)                      \
	FIELDS_deposited(F, S) F(S, u8, smtputf8, 0)
#define FIELDS_bounce_answer(F, S) F(S, u64, message, 0)

/* For the operator. filter: what is empty or 0 is not looked at. */
#define FIELDS_queue_filter(F, S)                                     \
	F(S, u64, message, 0)                                         \
	F(S, str, sender, 320)	/* an address, or "@example.org" */   \
	F(S, str, rcpt, 320)	/* the same */                        \
	F(S, str, domain, 255)	/* the destination */                 \
	F(S, i64, before, 0)	/* came before: seconds since 1970 */ \
	F(S, u8, held, 0)	/* only held ones */
/* A row for each recipient; cursor is empty at first and then `next`, which is
 * empty at the end. */
#define FIELDS_queue_list_ask(F, S) \
	FIELDS_queue_filter(F, S) F(S, str, cursor, 16)
#define FIELDS_queue_list_answer(F, S) \
	F(S, str, rows, MSG_CHUNK) F(S, str, next, 16)
enum queue_state { QUEUE_waits, QUEUE_held, QUEUE_reports, QUEUE_under_way,
	QUEUE_later };		/* its `next` is when it leaves */
#define FIELDS_queue_row(F, S)                                        \
	F(S, u64, message, 0) F(S, u32, n, 0) F(S, u32, state, 0)     \
	F(S, str, sender, 320) F(S, str, rcpt, 320)                   \
	F(S, str, domain, 255) F(S, u64, size, 0)                     \
	F(S, i64, queued, 0) F(S, i64, next, 0) F(S, i64, expires, 0) \
	F(S, u32, attempts, 0) F(S, i64, last, 0)                     \
	F(S, u32, code, 0) F(S, str, status, 12) F(S, str, text, 1000) \
	F(S, str, host, 255)                                          \
	F(S, u8, require_tls, 0) F(S, i64, priority, 0) /* of envelope */ \
	F(S, i64, deliver_by, 0) F(S, u32, by_mode, 0)	/* the same */ \
	F(S, i64, held, 0)	/* since then; 0: it is not */
/* A slice; if more is set ask again with another change id. What leaves later
 * leaves now only if its message is named, and then to all. What a hold means
 * (messages_hold.h) is released only if its message is named; kept: so many
 * were not. */
enum queue_action { QUEUE_RETRY = 1, QUEUE_HOLD, QUEUE_RELEASE, QUEUE_DROP };
#define FIELDS_queue_change_ask(F, S) \
	F(S, u64, change, 0) F(S, u32, action, 0) FIELDS_queue_filter(F, S) \
	F(S, str, cursor, 16)
#define FIELDS_queue_change_answer(F, S) \
	F(S, u32, changed, 0) F(S, str, next, 16) F(S, u32, kept, 0)
