/*
 * messages.h - what the operator asks the role that carries mail to other
 * servers: a probe, a delivery that ends before there is any mail.
 *
 * Nobody but the operator has this socket, so no other role has relay dial
 * anything. Where a probe goes is said by routes, the DNS and policies, as for
 * mail; it names no address and no port.
 */
#pragma once
#include "rt/ipc.h"

enum relay_authority { RELAY_AUTH_OPERATOR = 1 };
/* Asks that may be outstanding on a connection, and probes at a time of one
 * process. */
enum { RELAY_WINDOW = 4, PROBES_MAX = 2 };

#define RELAY_CALLS(C)                                 \
	C(probe, probe_answer, RELAY_AUTH_OPERATOR)     \
	C(probe_more, probe_more_answer, RELAY_AUTH_OPERATOR)

enum relay_call {
#define C(name, answer, who) RELAY_CALL_##name,
	RELAY_CALLS(C)
#undef C
	RELAY_NCALLS
};
extern const struct ipc_call relay_calls[RELAY_NCALLS];

/* Begin one, which ends with the connection: to this address, from that one
 * (empty: nobody's). tls: REQUIRE_TLS_*, as a message may say. all: every host
 * is asked, also when one would have taken it. E_BUSY: there are PROBES_MAX;
 * E_INVALID. A connection has one in its life. */
#define FIELDS_probe_ask(F, S)                                        \
	F(S, str, rcpt, 320) F(S, str, from, 320) F(S, u32, tls, 0)   \
	F(S, u8, all, 0)
#define FIELDS_probe_answer(F, S) F(S, u8, nothing, 0)
/* What happened since the last of these: struct probe_step each; waits for it
 * a while. over: it has ended, and this is what came of it: RCPT was taken, was
 * refused for good, or neither. failed: the step that it ended with. */
enum probe_result { PROBE_none, PROBE_taken, PROBE_later, PROBE_never };
enum { PROBE_STEPS_MAX = 60000, PROBE_TEXT_MAX = 1100 };
#define FIELDS_probe_more_ask(F, S) F(S, u8, nothing, 0)
#define FIELDS_probe_more_answer(F, S)                                \
	F(S, str, steps, PROBE_STEPS_MAX) F(S, u8, over, 0)           \
	F(S, u32, result, 0) F(S, str, failed, 20)                    \
	F(S, u32, code, 0) F(S, str, text, PROBE_TEXT_MAX)
#define FIELDS_probe_step(F, S)                                       \
	F(S, u32, ms, 0)	/* since it began */                  \
	F(S, str, step, 20) F(S, str, text, PROBE_TEXT_MAX)

MSG_STRUCT(probe_ask);
MSG_STRUCT(probe_answer);
MSG_STRUCT(probe_more_ask);
MSG_STRUCT(probe_more_answer);
MSG_STRUCT(probe_step);
