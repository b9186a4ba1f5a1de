/*
 * config.h - the configuration as a value: immutable, numbered, the same for
 * every role. The master parses the file (admin/conf.h) and hands it out; a
 * session keeps the one it began with.
 */
#pragma once
#include "rt/msg.h"

#define FIELDS_config(F, S)                                              \
	F(S, u64, number, 0)		/* grows with every reload */    \
	F(S, str, hostname, 255)	/* who we are in greetings */    \
	F(S, str, data, 4000)		/* the data folder: see below */ \
	F(S, str, listeners, 32768)	/* struct listener_conf each */  \
	F(S, str, certificates, 32768)	/* struct cert_conf each */      \
	F(S, u32, mx_workers, 0)                                         \
	F(S, u32, front_workers, 0)                                      \
	F(S, u32, max_connections, 0)	/* of one worker */              \
	F(S, u32, max_recipients, 0)	/* of one message, >= 100 */     \
	F(S, u64, max_message, 0)	/* octets */                     \
	F(S, u64, quota, 0)		/* octets an account, 0 is none */ \
	F(S, u32, smtp_timeout_s, 0)	/* RFC 5321 4.5.3.2.7: 300 */    \
	F(S, u32, imap_timeout_s, 0)	/* RFC 3501 5.4: 1800 */         \
	F(S, u32, log_level, 0)		/* enum log_level */             \
	F(S, u32, uid_base, 0)		/* as root: role n runs as this + n */ \
	F(S, u8, compress, 0)		/* zstd level of new mail, 0 is off */
MSG_STRUCT(config);
/*
 * data is an absolute path. In master and the command line it is the folder
 * of the whole server. Each role is told the one folder in it that is its own:
 * store <data>/store, vault <data>/vault, the others none (empty). So the
 * folder that store may open files in does not hold vault's key.
 */

enum listen_kind {
	LISTEN_SMTP = 1,	/* 25: the world, role mx */
	LISTEN_SUBMISSION,	/* 587, 2525: STARTTLS, role front */
	LISTEN_SUBMISSIONS,	/* 465: TLS from the start, front */
	LISTEN_IMAP,		/* 143, front */
	LISTEN_IMAPS,		/* 993, front */
	/* Unix sockets in the data folder, for the operator; each accepted
	 * connection has the operator's authority. Roles make none. */
	LISTEN_CONTROL = 100,	/* <data>/control, store */
	LISTEN_VAULT_CONTROL,	/* <data>/control-vault, vault */
};
#define FIELDS_listener_conf(F, S)               \
	F(S, u32, kind, 0)                       \
	F(S, str, address, 64)	/* "127.0.0.1", "::" */ \
	F(S, u32, port, 0)
MSG_STRUCT(listener_conf);

/* Files of a certificate given by the operator; none at all: vault makes a
 * self-signed one for hostname. */
#define FIELDS_cert_conf(F, S)       \
	F(S, str, chain_path, 4000)  \
	F(S, str, key_path, 4000)
MSG_STRUCT(cert_conf);
