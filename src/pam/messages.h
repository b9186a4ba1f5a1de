/*
 * messages.h - what can be asked of the role that has PAM prove passwords.
 *
 * An answer is about the one ask that it answers. So a role that was taken over
 * says "yes" of nobody it was not asked about, and it is asked only about those
 * whom store says that PAM proves.
 */
#pragma once
#include "rt/ipc.h"

/* The role asks the process that starts attempts (spawner.h) as vault asks the
 * role. */
enum pam_authority { PAM_AUTH_VAULT = 1 };
/* Asks that may be outstanding on a connection. */
enum { PAM_WINDOW = 128 };

#define PAM_CALLS(C) C(pam_prove, pam_prove_answer, PAM_AUTH_VAULT)

enum pam_call {
#define C(name, answer, who) PAM_CALL_##name,
	PAM_CALLS(C)
#undef C
	PAM_NCALLS
};
extern const struct ipc_call pam_calls[PAM_NCALLS];

/* Is it the password of this user? user empty: of nobody, which is never so and
 * takes as long; the password is not said then. Linux-PAM takes no longer
 * password (PAM_MAX_RESP_SIZE), and none with a NUL in it. */
enum { PAM_NAME_MAX = 128, PAM_PASSWORD_MAX = 511 };
enum pam_proof { PAM_NO, PAM_YES, PAM_AWAY };
#define FIELDS_pam_prove_ask(F, S)                                     \
	F(S, str, user, PAM_NAME_MAX)                                  \
	F(S, str, password, PAM_PASSWORD_MAX)                          \
	F(S, str, peer, 64)	/* where they come from */             \
	F(S, u32, left_ms, 0)	/* for the attempt; set by the role */
/* why: of all but plain right and plain wrong. The role logs it, and tells
 * vault nothing of it. */
#define FIELDS_pam_prove_answer(F, S) \
	F(S, u32, proof, 0)	/* enum pam_proof */ F(S, str, why, 300)

MSG_STRUCT(pam_prove_ask);
MSG_STRUCT(pam_prove_answer);
