/*
 * messages_ldap.h - accounts that a directory elsewhere (LDAP) says are there:
 * a part of messages.h, which has the table of all calls.
 *
 * Such an account is kept as any other, so mail goes on whatever becomes of
 * that directory; what is different is that it is who proves the password.
 * The role that asks it may be anybody's tomorrow: it touches the accounts that
 * are marked as a directory's and no others, of domains that are here, sets no
 * password, and removes nothing.
 */
#pragma once

#define STORE_CALLS_LDAP(C) \
	C(ldap_list, answer, AUTH_LDAP | AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	C(ldap_put, answer, AUTH_LDAP, RUN_WRITER, CHANGE_names, own) \
	C(ldap_gone, done, AUTH_LDAP, RUN_WRITER, CHANGE_removes, own) \
	C(ldap_adopt, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_once, own) \
	C(ldap_release, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_once, own)

enum {
	LDAP_ID_MAX = 64,	/* what names an entry for ever */
	LDAP_DN_MAX = 1000,
	LDAP_ALIASES_MAX = 8000,
	LDAP_ACCOUNTS_MAX = 200000,
};

/* All of them, behind `after` (an account's number; 0 at first). */
#define FIELDS_ldap_list_ask(F, S) F(S, u64, after, 0)
#define FIELDS_ldap_list_answer(F, S) \
	F(S, str, rows, MSG_CHUNK) F(S, u8, more, 0)
/* aliases: each with LF behind it. dn empty: it may become the directory's, and
 * is not yet. */
#define FIELDS_ldap_row(F, S)                                         \
	F(S, u64, account, 0) F(S, str, address, 320)                 \
	F(S, str, id, LDAP_ID_MAX) F(S, str, dn, LDAP_DN_MAX)         \
	F(S, i64, gone, 0)	/* since when; seconds; 0: it is there */ \
	F(S, u64, quota, 0) F(S, str, aliases, LDAP_ALIASES_MAX)

/* There is this entry: its account comes, comes back, or is changed to it. One
 * with another id has the place of one before it of the same address. dry: only
 * say what would be. quota: only with_quota.
 *
 * E_EXISTS: the address is an alias, or an account that is not a directory's;
 * E_NOTFOUND: no mail is taken for its domain; E_LIMIT. left_out: aliases that
 * cannot be, one line each. */
enum ldap_became { LDAP_SAME, LDAP_ADDED, LDAP_CHANGED, LDAP_BACK };
enum { LDAP_LEFT_OUT_MAX = 4000 };
#define FIELDS_ldap_put_ask(F, S)                                     \
	F(S, u64, change, 0) F(S, str, address, 320)                  \
	F(S, str, id, LDAP_ID_MAX) F(S, str, dn, LDAP_DN_MAX)         \
	F(S, u8, with_quota, 0) F(S, u64, quota, 0)                   \
	F(S, str, aliases, LDAP_ALIASES_MAX) F(S, u8, dry, 0)
#define FIELDS_ldap_put_answer(F, S) \
	F(S, u32, became, 0) F(S, str, left_out, LDAP_LEFT_OUT_MAX)
/* There is no such entry any more: nobody logs in to the account, whose mail
 * stays and comes in still. E_NOTFOUND: it is no directory's. */
#define FIELDS_ldap_gone_ask(F, S) F(S, u64, change, 0) F(S, u64, account, 0)
/* By the operator: from the next look at the directory on the account may be
 * its; and it is so no more. E_EXISTS, E_NOTFOUND. */
#define FIELDS_ldap_adopt_ask(F, S) \
	F(S, u64, change, 0) F(S, str, address, 320)
#define FIELDS_ldap_release_ask(F, S) \
	F(S, u64, change, 0) F(S, str, address, 320)
