/*
 * check_messages.h - what the process that judges a message for `postern check`
 * asks of the command that has made it: everything it needs, one descriptor
 * each, and where its verdict goes.
 */
#pragma once
#include "rt/ipc.h"

enum { CHECK_AUTH = 1, CHECK_FIELDS_MAX = 16384 };

#define CHECK_CALLS(C)			\
	C(begin, check_begin_answer)	\
	C(descriptor, check_done)	\
	C(finish, check_done)

enum check_call {
#define C(name, answer) CHECK_##name,
	CHECK_CALLS(C)
#undef C
	CHECK_NCALLS
};
extern const struct ipc_call check_calls[CHECK_NCALLS];

#define FIELDS_check_done(F, S) F(S, u8, nothing, 0)
/* How to judge (rt/config.h), and what of. */
#define FIELDS_check_begin_ask(F, S) F(S, u8, nothing, 0)
#define FIELDS_check_begin_answer(F, S)				\
	F(S, str, config, 200000)				\
	F(S, str, peer, 64) F(S, str, helo, 255)		\
	F(S, str, from, 320)					\
	F(S, str, rcpts, 20000)		/* LF behind each */

/* The answer carries it. */
enum check_descriptor {
	CHECK_STORE,		/* a connection as a CHECKER */
	CHECK_DNS,		/* one to resolver */
	CHECK_TEXT,		/* a file */
	CHECK_NDESCRIPTORS,
};
#define FIELDS_check_descriptor_ask(F, S) F(S, u32, which, 0)

/* failed: it could not be judged, and why. */
#define FIELDS_check_finish_ask(F, S)				\
	F(S, str, failed, 256)					\
	F(S, u32, code, 0) F(S, str, reply, 500) /* a refusal; 0: none */ \
	F(S, u8, junk, 0)		/* for what was found */ \
	F(S, u8, hold, 0)		/* the same: kept apart */ \
	F(S, u8, weighed, 0)		/* the filter says something */ \
	F(S, u8, spam, 0) F(S, i64, thousandths, 0)	/* this */ \
	F(S, str, words, 1000)					\
	F(S, str, fields, CHECK_FIELDS_MAX)

#define CHECK_STRUCTS(R)					\
	R(check_done) R(check_begin_ask) R(check_begin_answer)	\
	R(check_descriptor_ask) R(check_finish_ask)
#define R(name) MSG_STRUCT(name);
CHECK_STRUCTS(R)
#undef R
