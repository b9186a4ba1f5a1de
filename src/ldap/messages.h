/*
 * messages.h - what can be asked of the role that speaks with a directory
 * elsewhere (LDAP).
 *
 * An answer is about the one ask that it answers. So a role that was taken over
 * says "yes" of nobody it was not asked about, and it is asked only about those
 * whom store says that it knows.
 */
#pragma once
#include "rt/ipc.h"

enum ldap_authority { LDAP_AUTH_VAULT = 1, LDAP_AUTH_OPERATOR = 2 };
/* Asks that may be outstanding on a connection. */
enum { LDAP_WINDOW = 128 };

#define LDAP_CALLS(C)                                  \
	C(ldap_prove, ldap_prove_answer, LDAP_AUTH_VAULT) \
	C(ldap_sync, ldap_sync_answer, LDAP_AUTH_OPERATOR)

enum ldap_call {
#define C(name, answer, who) LDAP_CALL_##name,
	LDAP_CALLS(C)
#undef C
	LDAP_NCALLS
};
extern const struct ipc_call ldap_calls[LDAP_NCALLS];

/* Is it the password of this entry? dn empty: of nobody, which is never so and
 * takes as long; the password is not said then. */
enum ldap_proof { LDAP_NO, LDAP_YES, LDAP_AWAY };
#define FIELDS_ldap_prove_ask(F, S) \
	F(S, str, dn, 1000) F(S, str, password, 1024)
#define FIELDS_ldap_prove_answer(F, S) \
	F(S, u32, proof, 0)	/* enum ldap_proof */ F(S, str, why, 200)

/* Look at all entries now, and have store follow. dry: only say what would be;
 * force: also where that locks more people than anybody means. E_BUSY: it is
 * being done; else it was not, or not to its end, for the reason of the
 * error. */
enum { LDAP_SYNC_ROWS = 180000 };
#define FIELDS_ldap_sync_ask(F, S) F(S, u8, dry, 0) F(S, u8, force, 0)
#define FIELDS_ldap_sync_answer(F, S)                                  \
	F(S, u32, entries, 0) F(S, u32, added, 0)                      \
	F(S, u32, changed, 0) F(S, u32, back, 0) F(S, u32, gone, 0)     \
	F(S, u32, same, 0) F(S, u32, left_out, 0)                      \
	F(S, u32, refused, 0)	/* would have gone: too many */         \
	F(S, str, rows, LDAP_SYNC_ROWS)	/* struct ldap_said each, as many \
					 * as there is room for */
enum ldap_what { LDAP_SAID_added, LDAP_SAID_changed, LDAP_SAID_back,
	LDAP_SAID_gone, LDAP_SAID_left_out, LDAP_SAID_N };
#define FIELDS_ldap_said(F, S)                                         \
	F(S, u32, what, 0)	/* enum ldap_what */                   \
	F(S, str, address, 1000)	/* or the entry's DN */        \
	F(S, str, why, 300)

MSG_STRUCT(ldap_prove_ask);
MSG_STRUCT(ldap_prove_answer);
MSG_STRUCT(ldap_sync_ask);
MSG_STRUCT(ldap_sync_answer);
MSG_STRUCT(ldap_said);
