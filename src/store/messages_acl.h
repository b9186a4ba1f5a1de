/*
 * messages_acl.h - who may do what with whose mailboxes (RFC 4314): a part of
 * messages.h, which has the table of all calls.
 *
 * An identifier is the address of an account here, or "anyone", each with a
 * "-" before it where its rights are taken away. Who has an address is kept,
 * not the address: whoever gets it later has none of these rights.
 */
#pragma once
#include "store/rights.h"

enum { IDENTIFIER_MAX = 321, ACL_MAX = 500 /* entries of a mailbox */ };

/* The asker's rights to a mailbox. E_NOTFOUND: it has none that may ask. */
#define FIELDS_my_rights_ask(F, S) F(S, str, name, 1000)
#define FIELDS_my_rights_answer(F, S) F(S, u32, rights, 0)

/* Who has which: acl_row each, without its owner, who has all. The operator
 * says whose mailbox it is. */
#define FIELDS_acl_ask(F, S) F(S, str, name, 1000) F(S, str, address, 320)
#define FIELDS_acl_answer(F, S) F(S, str, owner, 320) F(S, str, rows, MSG_CHUNK)
#define FIELDS_acl_row(F, S) \
	F(S, str, identifier, IDENTIFIER_MAX) F(S, u32, rights, 0)

/* They are these, or these more, or less (FLAGS_SET, FLAGS_ADD, FLAGS_REMOVE);
 * an entry without any is none. E_INVALID: nobody here is called so, or it is
 * the owner, and all rights are not what is left. E_LIMIT: ACL_MAX. */
#define FIELDS_acl_put_ask(F, S)                                       \
	F(S, u64, change, 0) F(S, str, name, 1000)                     \
	F(S, str, address, 320) F(S, str, identifier, IDENTIFIER_MAX)  \
	F(S, u32, mode, 0) F(S, u32, rights, 0)

/* Mailboxes of others that the asker may look up (l), in order of their owners'
 * addresses and then names: a page at a time, from behind both of these on,
 * which the answer gives for the next; empty: there is none. counted: unseen is
 * wanted as well, of the asker's own \Seen. Without `r` there are no counts. */
#define FIELDS_shared_ask(F, S)                                        \
	F(S, str, owner, 320) F(S, str, after, 1000) F(S, u8, counted, 0)
#define FIELDS_shared_answer(F, S) \
	F(S, str, rows, MSG_CHUNK) F(S, str, owner, 320) F(S, str, after, 1000)
#define FIELDS_shared_row(F, S)                                        \
	F(S, u64, mailbox, 0) F(S, str, owner, 320)                    \
	F(S, str, name, 1000)	/* there */                            \
	F(S, u32, rights, 0) FIELDS_mailbox_counters(F, S)

/* All that is shared, of one account (empty: of all), for the operator: in the
 * order of accounts, of their mailboxes, and of who has rights to them. next:
 * numbers to go on with; 0 at the end. */
#define FIELDS_access_ask(F, S) \
	F(S, str, address, 320) F(S, u64, account, 0) F(S, u64, mailbox, 0)
#define FIELDS_access_answer(F, S) \
	F(S, str, rows, MSG_CHUNK) F(S, u64, account, 0) F(S, u64, mailbox, 0)
#define FIELDS_access_row(F, S)                                        \
	F(S, str, owner, 320) F(S, str, name, 1000)                    \
	F(S, str, identifier, IDENTIFIER_MAX) F(S, u32, rights, 0)

#define STORE_CALLS_ACL(C) \
	C(my_rights, answer, AUTH_ACCOUNT, RUN_READER, CHANGE_none, asks) \
	C(acl, answer, AUTH_LISTS_OWN, RUN_READER, CHANGE_none, rule) \
	C(acl_put, done, AUTH_LISTS_OWN, RUN_WRITER, CHANGE_once, rule) \
	C(shared, answer, AUTH_ACCOUNT, RUN_READER, CHANGE_none, own) \
	C(access, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own)
