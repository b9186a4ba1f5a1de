/*
 * messages_note.h - what people are told by mail of the server's own: a part of
 * messages.h, which has the table of all calls.
 *
 * What happened becomes a row, a *note*, in the commit in which it happened.
 * Relay is handed it as it is handed reports (TAKE_NOTE), writes the mail, and
 * gives that back; it is delivered, and the note gone, in one commit.
 */
#pragma once

enum note_kind {
	NOTE_quota_80 = 1, NOTE_quota_95, /* octets of most */
	NOTE_login,		/* well, from a network not seen before */
	NOTE_app_password,	/* there is a new one */
	NOTE_password,		/* it is another one now */
	NOTE_factor,		/* a second one was set up */
	NOTE_factor_off,
};

/* What happened. by_operator: it was not the person's own doing. */
#define FIELDS_note_facts(F, S)                                       \
	F(S, u64, octets, 0) F(S, u64, most, 0)                       \
	F(S, str, peer, 64)	/* from where; empty: not known */    \
	F(S, u32, services, 0)	/* SERVICE_*: what for */             \
	F(S, str, label, APP_LABEL_MAX)	/* of the app password */     \
	F(S, u8, by_operator, 0)

/* The item of a TAKE_NOTE. */
#define FIELDS_note_item(F, S)                                        \
	F(S, u64, lease, 0) F(S, u64, note, 0)	/* its name in logs */ \
	F(S, u32, kind, 0)                                            \
	F(S, i64, at, 0)	/* when it happened */                \
	F(S, str, address, 320)	/* whose account */                   \
	F(S, str, facts, 4096)	/* a struct note_facts */

/* The mail of a leased note: to the account it is about, also if that is full,
 * with an empty reverse-path. drop: there is none to write; the note goes.
 * E_LIMIT: nothing that tells people so little has more octets. */
enum { NOTE_MAIL_MAX = 1 << 15 };
#define FIELDS_note_send_ask(F, S)                                    \
	F(S, u64, change, 0) F(S, u64, lease, 0)                      \
	FIELDS_deposited(F, S) F(S, u8, drop, 0)
#define FIELDS_note_send_answer(F, S) F(S, u64, message, 0)

/* Of vault: this account was logged in to from this network (the octets of an
 * address whose lower bits are 0). Remembered, and where it is a new one, but
 * not the first of all, told. */
enum { NETWORK_LEN = 16 };
#define FIELDS_logged_in_ask(F, S)                                    \
	F(S, u64, change, 0) F(S, u64, account, 0)                    \
	F(S, str, network, NETWORK_LEN) F(S, str, peer, 64)           \
	F(S, u32, service, 0) F(S, str, label, APP_LABEL_MAX)
