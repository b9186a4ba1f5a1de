/*
 * messages_note.h - what people are told by mail of the server's own: a part of
 * messages.h, which has the table of all calls.
 *
 * What happened becomes a row, a *note*, in the commit in which it happened.
 * Relay is handed it as it is handed reports (TAKE_NOTE), writes the mail, and
 * gives that back; it is delivered, and the note gone, in one commit.
 */
#pragma once

#define STORE_CALLS_NOTE(C) \
	C(note_send, answer, AUTH_RELAY, RUN_WRITER, CHANGE_once, own) \
	C(logged_in, done, AUTH_VAULT, RUN_WRITER, CHANGE_patient, own) \
	C(networks, answer, AUTH_ACCOUNT, RUN_READER, CHANGE_none, own)

enum note_kind {
	NOTE_quota_80 = 1, NOTE_quota_95, /* octets of most */
	NOTE_login,		/* well, from a network not seen before */
	NOTE_app_password,	/* there is a new one */
	NOTE_password,		/* it is another one now */
	NOTE_factor,		/* a second one was set up */
	NOTE_factor_off,
	NOTE_vacation,		/* to whoever wrote to somebody who is away */
	NOTE_messages_80, NOTE_messages_95, /* octets and most count them */
	NOTE_mailboxes_80, NOTE_mailboxes_95,
	NOTE_domain_80, NOTE_domain_95,	/* octets, to its postmaster */
	NOTE_held,		/* mail for them that is kept apart */
	/* The account may send nothing: to it and its domain's postmaster. */
	NOTE_stopped_recipients, NOTE_stopped_new,	/* most of them */
};

/* What happened. by_operator: it was not the person's own doing. */
#define FIELDS_note_facts(F, S)                                       \
	F(S, u64, octets, 0) F(S, u64, most, 0)                       \
	F(S, str, peer, 64)	/* from where; empty: not known */    \
	F(S, u32, services, 0)	/* SERVICE_*: what for */             \
	F(S, str, label, APP_LABEL_MAX)	/* of the app password */     \
	F(S, u8, by_operator, 0)                                      \
	F(S, str, subject, ANSWER_SUBJECT_MAX)	/* of what is answered, \
					 * and its ids: as answerable */ \
	F(S, str, ids, ANSWER_IDS_MAX)

/* What a program needs that answers a message: part of submit. named: the
 * addresses in To, Cc, Bcc and their Resent- ones, in lower case, with LF
 * behind each; empty: it shall not be answered, or names nobody. */
enum { ANSWER_SUBJECT_MAX = 500, ANSWER_IDS_MAX = 1000,
	NAMED_OCTETS_MAX = 8000 };
#define FIELDS_answerable(F, S)                                       \
	F(S, str, named, NAMED_OCTETS_MAX)                            \
	F(S, str, subject, ANSWER_SUBJECT_MAX)	/* UTF-8 */           \
	F(S, str, ids, ANSWER_IDS_MAX)	/* for References, with spaces \
					 * between; the last is its own */

/* What is answered by itself while somebody is away.           RFC 8621 8 */
enum { VACATION_SUBJECT_MAX = 500, VACATION_BODY_MAX = 32768 };
enum { VACATION_subject = 1, VACATION_text = 2, VACATION_html = 4 };
#define FIELDS_vacation(F, S)                                         \
	F(S, u8, enabled, 0)                                          \
	F(S, i64, begins, 0)	/* seconds; from then on, 0: at once */ \
	F(S, i64, ends, 0)	/* until then; 0: for ever */         \
	F(S, u32, has, 0)	/* VACATION_*: which of these are set */ \
	F(S, str, subject, VACATION_SUBJECT_MAX)                      \
	F(S, str, text, VACATION_BODY_MAX)                            \
	F(S, str, html, VACATION_BODY_MAX)
/* Of the asker's account; the operator names one. version grows with each
 * change, and is 0 before the first. */
#define FIELDS_vacation_ask(F, S) F(S, str, address, 320)
#define FIELDS_vacation_answer(F, S) \
	FIELDS_vacation(F, S) F(S, u64, version, 0)
/* end: it is over, and stays as it is otherwise. Who was answered is forgotten:
 * another text is for them, too. */
#define FIELDS_vacation_put_ask(F, S)                                 \
	F(S, u64, change, 0) F(S, str, address, 320)                  \
	F(S, u8, end, 0) FIELDS_vacation(F, S)

/* The item of a TAKE_NOTE. */
enum { NOTE_HELD_ROWS = 20 };
#define FIELDS_note_item(F, S)                                        \
	F(S, u64, lease, 0) F(S, u64, note, 0)	/* its name in logs */ \
	F(S, u32, kind, 0)                                            \
	F(S, i64, at, 0)	/* when it happened */                \
	F(S, str, address, 320)	/* whose account */                   \
	F(S, str, to, 320)	/* who gets it, if that is another one */ \
	F(S, str, facts, 4096)	/* a struct note_facts */             \
	F(S, str, vacation, 70000)	/* a struct vacation of this moment, \
					 * if it is about that */          \
	F(S, str, held, 70000)	/* held_row each, the same; the first ones */ \
	F(S, u32, nheld, 0)	/* of so many */

/* The mail of a leased note: to whom the note says, also if that mailbox is
 * full, with an empty reverse-path. drop: there is none to write; it goes.
 * E_LIMIT: nothing that tells people so little has more octets, and no answer
 * of a person, whose words may be as many as VACATION_BODY_MAX says. */
enum { NOTE_MAIL_MAX = 1 << 16, ANSWER_MAIL_MAX = 1 << 19 };
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

/* One's own: those of the last 90 days, the last seen first. at: the last time,
 * within a day. */
#define FIELDS_networks_ask(F, S) F(S, u8, nothing, 0)
#define FIELDS_networks_answer(F, S) F(S, str, rows, MSG_CHUNK)
#define FIELDS_network_row(F, S)                                      \
	F(S, str, network, NETWORK_LEN) F(S, i64, since, 0) F(S, i64, at, 0)
