/*
 * messages_rcpt.h - the part of messages.h about recipients and senders, before
 * there is a message.
 */
#pragma once

#define STORE_CALLS_RCPT(C)                                                 \
	C(rcpt, answer, AUTH_SUBMITS, RUN_LOOP, CHANGE_none, own)           \
	C(sender, done, AUTH_NAMES_SENDER, RUN_READER, CHANGE_none, own)    \
	C(expn, answer, AUTH_ACCOUNT, RUN_READER, CHANGE_none, own)

/* May a message go to this address? The handle is good on this connection
 * until its submit, and nowhere else. room is what the mailbox still takes,
 * in octets. host: of mx, from where it is asked; empty: not to be counted.
 * RCPT_LATER: too much has come from there, or for this recipient; in wait_s
 * seconds again. RCPT_FLOOD: too many from there went to nobody. leaves: what
 * comes here is sent on to others; reads: it is where reports go
 * (messages_feedback.h). Only mx is told of these. RCPT_NEW_OWNER and on: it is
 * not the same person's since the time that was asked for (RRVS), nor its
 * domain the same one's, or nobody knows.
 *
 * before: how many of its message were asked for already. E_RATE: the account
 * may send no more now (messages_limits.h). most_octets: the largest message it
 * may hand in, 0: any; RCPT_TOO_BIG, when the client announced a larger one. */
enum rcpt_kind { RCPT_LOCAL = 1, RCPT_REMOTE, RCPT_NO_USER, RCPT_NO_DOMAIN,
	RCPT_FULL, RCPT_LATER, RCPT_FLOOD, RCPT_TOO_BIG,
	RCPT_NO_MAIL,		/* its domain is here and takes none */
	RCPT_NEW_OWNER,	RCPT_NEW_DOMAIN, RCPT_NO_RECORD };
#define FIELDS_rcpt_ask(F, S)                                              \
	FIELDS_addressee(F, S)                                             \
	F(S, u8, bounce, 0)		/* the reverse-path is empty */    \
	F(S, str, host, 16)                                                \
	F(S, u8, first, 0)		/* of its message */               \
	F(S, u32, before, 0)
#define FIELDS_rcpt_answer(F, S)                                      \
	F(S, u32, kind, 0) F(S, u64, handle, 0) F(S, u64, room, 0)    \
	F(S, u32, wait_s, 0) F(S, u8, leaves, 0) F(S, u8, reads, 0)   \
	F(S, u8, slow, 0)	/* let them wait for this answer */   \
	F(S, u64, most_octets, 0)

/* May this account write as this address (empty: yes, a report)? A LOCAL may
 * as any address of a domain of ours. E_DENIED if not. account is what VAULT
 * asks for; it is not looked at from anybody else. */
#define FIELDS_sender_ask(F, S) F(S, str, address, 320) F(S, u64, account, 0)

/* Who gets what is for this address, by the next step: each with LF behind it;
 * of an account its own, of an address of elsewhere that one. more: there are
 * others. E_NOTFOUND: nobody; E_DENIED: the operator has nobody told. */
enum { EXPN_MOST = 100 };
#define FIELDS_expn_ask(F, S) F(S, str, address, 320)
#define FIELDS_expn_answer(F, S) \
	F(S, str, members, EXPN_MOST * 321) F(S, u8, more, 0)
