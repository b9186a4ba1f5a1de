/*
 * messages.h - what a process that carries mail asks of the command that has
 * made it.
 *
 * The command is the operator's, maybe root's: it opens files and sockets, and
 * reads nothing of what is in them. The process has no rights but the
 * descriptors it is handed: a connection to store bound to one account, and
 * what is to be read.
 */
#pragma once
#include "rt/ipc.h"

enum { CARRIER_AUTH = 1, CARRIER_NAME_MAX = 4096 };

#define CARRIER_CALLS(C)                       \
	C(begin, carrier_begin_answer)         \
	C(next, carrier_next_answer)           \
	C(write, carrier_done)                 \
	C(finish, carrier_done)
/* Nobody answers. */
#define CARRIER_NOTICES(N) N(progress) N(problem)

enum carrier_call {
#define C(name, answer) CARRIER_##name,
#define N(name) CARRIER_##name,
	CARRIER_CALLS(C)
	CARRIER_NOTICES(N)
#undef C
#undef N
	CARRIER_NCALLS
};
extern const struct ipc_call carrier_calls[CARRIER_NCALLS];

#define FIELDS_carrier_done(F, S) F(S, u8, nothing, 0)

/* What is to be done; the answer carries the connection to store. into: the
 * mailbox that all is to be in, or below; empty: none. only: the mailbox that
 * is to be written, and those below; empty: all. apart: only what came into
 * that mailbox (into) has come before. */
#define FIELDS_carrier_begin_ask(F, S) F(S, u8, nothing, 0)
#define FIELDS_carrier_begin_answer(F, S)                             \
	F(S, str, address, 320)		/* whose mail it will be */   \
	F(S, str, into, 1000) F(S, str, only, 1000)                   \
	F(S, u8, apart, 0) F(S, u8, dry_run, 0)                       \
	F(S, u8, mbox, 0)		/* that is what is to be written */ \
	F(S, u32, compress, 0)		/* as config.compress */

/* The next thing that there is; but for ITEM_END and ITEM_FOLDER it comes with
 * a descriptor. folder is the way to it as it stands on the disk, below what
 * was named, with '/' between two levels; name is the file's. */
enum carrier_item {
	ITEM_END,
	ITEM_FOLDER,		/* a Maildir begins; it may be empty */
	ITEM_KEYWORDS,		/* Dovecot's list of its keywords */
	ITEM_MAILDIR,		/* a message of it; fresh: it was in new/ */
	ITEM_FILE,		/* a message, an mbox, or something else */
	ITEM_SUBSCRIPTIONS,	/* of Dovecot or Courier */
	ITEM_TRUST,		/* certificates to trust, PEM */
	ITEM_UIDLIST,		/* Dovecot's list of UIDs, of that Maildir */
	ITEM_SERVER,		/* an IMAP server: a connection to `name` */
};
enum carrier_tls { SERVER_TLS, SERVER_STARTTLS, SERVER_PLAIN };
#define FIELDS_carrier_next_ask(F, S) F(S, u8, nothing, 0)
#define FIELDS_carrier_next_answer(F, S)                              \
	F(S, u32, item, 0) F(S, str, folder, CARRIER_NAME_MAX)        \
	F(S, str, name, 255) F(S, u64, size, 0)                       \
	F(S, i64, modified, 0)	/* seconds since 1970 */              \
	F(S, u8, fresh, 0)                                            \
	F(S, u8, typed, 0)	/* this file was named by the person */ \
	F(S, str, user, 320) F(S, str, password, 1024) F(S, u32, tls, 0)

/* Octets of a file, below the folder that the command was given; folder is the
 * way to it, with '/' between two levels. One file is written at a time: begin
 * makes it, and there must be none of that name; end says that it is whole.
 * E_INVALID: no such name; E_EXISTS; E_IO. */
enum carrier_write {
	WRITE_FILE,
	WRITE_MESSAGE,		/* into a Maildir */
	WRITE_FOLDER,		/* make a Maildir, and nothing else */
};
#define FIELDS_carrier_write_ask(F, S)                                \
	F(S, u32, what, 0) F(S, u8, begin, 0) F(S, u8, end, 0)        \
	F(S, str, folder, CARRIER_NAME_MAX) F(S, str, name, 255)      \
	F(S, i64, modified, 0)	/* seconds since 1970; 0: now */      \
	F(S, str, octets, MSG_CHUNK)

/* How far it is. */
#define FIELDS_carrier_progress_ask(F, S) \
	F(S, u64, messages, 0) F(S, u64, octets, 0) F(S, str, folder, 1000)
/* A message or a folder that cannot be taken, and why. */
#define FIELDS_carrier_problem_ask(F, S) \
	F(S, str, what, 2000) F(S, str, why, 256)
/* All is done, or as much as could be: failed says why it ends early. */
#define FIELDS_carrier_finish_ask(F, S)                               \
	F(S, u64, taken, 0) F(S, u64, octets, 0)                      \
	F(S, u64, known, 0)	/* that came before */                \
	F(S, u64, refused, 0)	/* problems with messages */          \
	F(S, u64, passed, 0)	/* files that are no mail */          \
	F(S, u32, folders, 0) F(S, str, failed, 256)

#define CARRIER_STRUCTS(R)                                            \
	R(carrier_done) R(carrier_begin_ask) R(carrier_begin_answer)  \
	R(carrier_next_ask) R(carrier_next_answer)                    \
	R(carrier_write_ask) R(carrier_progress_ask)                  \
	R(carrier_problem_ask) R(carrier_finish_ask)
#define R(name) MSG_STRUCT(name);
CARRIER_STRUCTS(R)
#undef R
