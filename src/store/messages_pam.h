/*
 * messages_pam.h - accounts whose password this machine's PAM proves: a part of
 * messages.h, which has the table of all calls.
 *
 * Such an account is as any other, but for its password. Only the operator says
 * which ones they are; the role that has PAM asked has no connection to store.
 */
#pragma once

#define STORE_CALLS_PAM(C) \
	C(pam_list, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	C(pam_add, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_names, own) \
	C(pam_adopt, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_once, own) \
	C(pam_release, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_once, own)

enum { PAM_USER_MAX = 128 };

/* All of them, behind `after` (an account's number; 0 at first). */
#define FIELDS_pam_list_ask(F, S) F(S, u64, after, 0)
#define FIELDS_pam_list_answer(F, S) \
	F(S, str, rows, MSG_CHUNK) F(S, u8, more, 0)
#define FIELDS_pam_row(F, S)                          \
	F(S, u64, account, 0) F(S, str, address, 320) \
	F(S, str, user, PAM_USER_MAX)
/* A new account; one that is here already: whoever is in is out, as by another
 * password, and another user takes the place of one before; and it is PAM's no
 * more. E_EXISTS: LDAP's, or there already; E_NOTFOUND; E_INVALID: no name of a
 * user. */
#define FIELDS_pam_add_ask(F, S)                      \
	F(S, u64, change, 0) F(S, str, address, 320)  \
	F(S, str, user, PAM_USER_MAX)
#define FIELDS_pam_adopt_ask(F, S) FIELDS_pam_add_ask(F, S)
#define FIELDS_pam_release_ask(F, S) \
	F(S, u64, change, 0) F(S, str, address, 320)
