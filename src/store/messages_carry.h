/*
 * messages_carry.h - what is asked by whoever brings mail of elsewhere into an
 * account: a part of messages.h, which has the table of all calls.
 *
 * A CARRIER is bound to one account, as a person is, by the operator. It reads
 * the account's mail and adds to it, and that is all: it submits nothing,
 * changes nothing and removes nothing.
 *
 * What was brought in once is remembered by its source, a digest that names a
 * message where it came from, in the commit that takes it: it is taken once,
 * whenever and however often it is asked, also when its owner has moved or
 * removed it since. Memory of that ends with the account.
 *
 * A unique-id of another server stays that message's for ever. Where another
 * message of the account has it, or it looks like one that this server gives,
 * the message gets one of ours.
 */
#pragma once

enum { SOURCE_LEN = 16, CARRIED_MAX = 4000 };

/* Which of these were brought in: an octet each, 1 or 0. */
#define FIELDS_carried_ask(F, S) F(S, str, sources, SOURCE_LEN * CARRIED_MAX)
#define FIELDS_carried_answer(F, S) F(S, str, known, CARRIED_MAX)

/* Bring messages (carried_row each) to the end of a mailbox, those that were
 * not before; of all or of none. One that has a stage comes alone, and `staged`
 * is set. E_NOTFOUND: there is no such mailbox. E_FULL: quota. E_INVALID. */
#define FIELDS_carry_in_ask(F, S)                                     \
	F(S, u64, change, 0) F(S, str, name, 1000)                    \
	F(S, str, messages, APPENDED_ROWS_MAX) F(S, u8, staged, 0)
#define FIELDS_carry_in_answer(F, S) F(S, u32, taken, 0)
#define FIELDS_carried_row(F, S) \
	F(S, str, source, SOURCE_LEN) FIELDS_appended(F, S) \
	F(S, str, uidl, UIDL_MAX) /* its unique-id there; empty: none is known */

/* What POP3 calls a message, where it was brought in with that: of each email
 * (u64 little-endian each) an octet, how long it is, and so many octets. 0: it
 * has none of its own; also of one that is not there. any 0: nor has any other
 * of the account, and uidls is empty.                            RFC 1939 7 */
enum { UIDL_MAX = 70, UIDLS_MAX = 1000, UIDL_EMAIL = 8 };
#define FIELDS_uidls_ask(F, S) F(S, str, emails, UIDL_EMAIL * UIDLS_MAX)
#define FIELDS_uidls_answer(F, S) \
	F(S, u8, any, 0) F(S, str, uidls, (1 + UIDL_MAX) * UIDLS_MAX)
