/*
 * messages_envelope.h - what is said of a message besides its text and carried
 * on to the next server: a part of messages.h. Fields that several messages
 * have; MSG_COPY() copies such a group.
 *
 * What MAIL says lies in columns of `queue`, what RCPT says in those of
 * `queue_rcpt`, by the same names and in this order (queue_add and
 * queue_rcpt_add in sql/statements.h): with a line here, one there and the
 * column, a parameter goes all the way from smtp/grammar.c to
 * smtp/client_send.c.
 */
#pragma once

#define FIELDS_envelope(F, S)                                              \
	F(S, str, reverse_path, 320)	/* empty: a bounce */              \
	F(S, u8, smtputf8, 0)		/* RFC 6531: asked for in MAIL; of \
					 * what was handed in: and the     \
					 * header needs it */              \
	F(S, u32, ret, 0)		/* RET_*: RFC 3461 4.3 */          \
	F(S, str, envid, 100)		/* 4.4: as given, in xtext */      \
	F(S, u32, hold_for, 0)		/* RFC 4865 4: seconds, or */      \
	F(S, i64, hold_until, 0)	/* until then: it leaves later */  \
	F(S, u8, require_tls, 0)	/* REQUIRE_TLS_*: RFC 8689 4.1 */  \
	F(S, i64, priority, 0)		/* RFC 6710: -9 to 9 */            \
	F(S, i64, deliver_by, 0)	/* RFC 2852 4: seconds since 1970 */ \
	F(S, u32, by_mode, 0)		/* BY_*; 0: not said */            \
	F(S, str, solicit, 1000)	/* RFC 3865 2.3; empty: not said */
enum { RET_unsaid, RET_full, RET_headers };
enum { PRIORITY_MAX = 9 };
/* What is done when it is not delivered by then; trace: tell of each server it
 * is passed on to; quiet, which only store says: its sender is a stranger, who
 * is told of none. */
enum { BY_notify = 1, BY_return = 2, BY_trace = 4, BY_quiet = 8 };
/* yes: MAIL said REQUIRETLS; no: it did not, and the header says so. */
enum { REQUIRE_TLS_unsaid, REQUIRE_TLS_yes, REQUIRE_TLS_no };

#define FIELDS_addressee(F, S)                                             \
	F(S, str, address, 320)                                            \
	F(S, u32, notify, 0)		/* RFC 3461 4.1: NOTIFY_* */       \
	F(S, str, orcpt, 500)		/* 4.2: "rfc822;..." as given */   \
	F(S, i64, valid_since, 0)	/* RFC 7293 3.1: seconds since 1970, */ \
	F(S, u32, rrvs, 0)		/* if RRVS_* was said */
/* Since then it has to be the same person's; what is done where the next server
 * does not know of that: nothing was said (so it comes back), that it comes
 * back, or that it goes on. */
enum { RRVS_unsaid, RRVS_plain, RRVS_reject, RRVS_continue };
enum { NOTIFY_never = 1, NOTIFY_success = 2, NOTIFY_failure = 4,
	NOTIFY_delay = 8 };	/* RFC 3461 4.1; 0: not said */
