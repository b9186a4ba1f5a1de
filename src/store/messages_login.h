/*
 * messages_login.h - who may come in: a part of messages.h, which has the table
 * of all calls. Everything here but what the operator lists is vault's.
 */
#pragma once
#include "base/str.h"

/* What people log in to. */
enum login_service { SERVICE_imap = 1, SERVICE_pop3 = 2, SERVICE_smtp = 4,
	SERVICE_http = 8,	/* a password with each request */
	SERVICE_page = 16,	/* a sign-in: the account's own password only */
	SERVICES_apps = 15 };	/* all that app passwords may be for */
/* "imap", ... "web" for the page; of none, or of several, "". And back: 0. */
struct str login_service_name(uint32_t service);
uint32_t login_service_named(struct str name);

/* A password of the server's making, for one program or telephone. number and
 * proof are keyed hashes of it, which vault alone can make
 * (vault/app_password.h). */
enum { APP_PASSWORDS_MAX = 50, APP_LABEL_MAX = 64, APP_PROOF_LEN = 32 };
/* What it is proven by: a password, perhaps by CRAM-MD5 as well; or, without
 * one, the key of a certificate. */
enum app_kind { APP_password, APP_certificate, APP_cram_md5, APP_KINDS };
struct str app_kind_name(uint32_t kind);	/* "certificate" */
#define FIELDS_app_password(F, S)                                     \
	F(S, str, label, APP_LABEL_MAX)	/* UTF-8, for people */       \
	F(S, u32, services, 0)		/* of SERVICES_apps */        \
	F(S, i64, expires, 0)		/* seconds since 1970; 0: never */ \
	F(S, i64, used, 0)		/* last, about; 0: never */   \
	F(S, str, used_from, 64) F(S, u32, used_for, 0)               \
	F(S, u32, kind, 0)		/* enum app_kind */

/* The public key of a certificate is the longest: 8192 bits of RSA. */
enum { FACTOR_MAX = 1024, APP_KEYS_MAX = 1536 };

/* A credential is sealed; store cannot read it. login is an address. app: the
 * number of the app password that was typed, 0 if it can be none; proof is
 * empty if there is none of that number. */
#define FIELDS_credential_ask(F, S) \
	F(S, str, login, 320) F(S, u64, app, 0) \
	F(S, str, network, 16)	/* as in logged_in; empty */
#define FIELDS_credential_answer(F, S)                                \
	F(S, u64, account, 0) F(S, str, address, 320)                 \
	F(S, str, sealed, 4096)                                       \
	F(S, str, sealed_to, 320)	/* the address it had then, if it was \
					 * renamed: empty */          \
	F(S, str, proof, APP_PROOF_LEN) FIELDS_app_password(F, S)     \
	F(S, u8, network_known, 0)	/* logged in from, and lately */ \
	F(S, u8, by_pam, 0)		/* see below */              \
	F(S, str, factor, FACTOR_MAX)	/* sealed; empty: none */ \
	F(S, str, app_keys, APP_KEYS_MAX)                             \
	F(S, str, elsewhere, LDAP_DN_MAX)	/* by whose password they come \
				 * in, and not by what is sealed: the \
				 * DN of an entry, or by_pam a user; \
				 * empty: they do by that */

/* A second factor is put (sealed, as the credential), used or taken away
 * (empty), in the place of `was`: E_STALE if there is another by now. When one
 * comes, connections of the account end, as vault says who gets a new one. */
#define FIELDS_factor_put_ask(F, S)                                   \
	F(S, u64, change, 0) F(S, str, address, 320)                  \
	F(S, str, sealed, FACTOR_MAX) F(S, str, was, FACTOR_MAX)      \
	F(S, str, peer, 64)	/* who asked, of its owner */
/* By the operator, for somebody who has lost it. E_NOTFOUND: there is none. */
#define FIELDS_factor_remove_ask(F, S) \
	F(S, u64, change, 0) F(S, str, address, 320)

/* E_NOTFOUND: no such account; E_EXISTS: it has one of this label, or this
 * certificate; E_LIMIT; E_INVALID: no label, no service. */
#define FIELDS_app_password_add_ask(F, S)                             \
	F(S, u64, change, 0) F(S, str, address, 320)                  \
	F(S, u64, number, 0) F(S, str, proof, APP_PROOF_LEN)          \
	F(S, str, label, APP_LABEL_MAX) F(S, u32, services, 0)        \
	F(S, i64, expires, 0) F(S, str, peer, 64) /* empty: the operator */ \
	F(S, str, keys, APP_KEYS_MAX)	/* as of app_keys */          \
	F(S, u32, kind, 0)
/* Whose certificate has this number? E_NOTFOUND: nobody's, or of several. */
#define FIELDS_certificate_owner_ask(F, S) F(S, u64, number, 0)
#define FIELDS_certificate_owner_answer(F, S) F(S, str, address, 320)
/* Remembered for people to look at. Nothing if it is gone meanwhile. */
#define FIELDS_app_password_used_ask(F, S)                            \
	F(S, u64, change, 0) F(S, u64, account, 0) F(S, u64, number, 0) \
	F(S, str, used_from, 64) F(S, u32, used_for, 0)
/* label empty: all of them. Who came in by one that goes is out; the other
 * connections of the account are opened anew by themselves. E_NOTFOUND. */
#define FIELDS_app_password_remove_ask(F, S)                          \
	F(S, u64, change, 0) F(S, str, address, 320)                  \
	F(S, str, label, APP_LABEL_MAX)
#define FIELDS_app_password_remove_answer(F, S) F(S, u32, removed, 0)
/* All of an account, the oldest first. */
#define FIELDS_app_passwords_ask(F, S) F(S, str, address, 320)
#define FIELDS_app_passwords_answer(F, S) F(S, str, rows, MSG_CHUNK)
#define FIELDS_app_password_row(F, S) \
	F(S, i64, made, 0) FIELDS_app_password(F, S)

/* What SCRAM and CRAM-MD5 prove an app password by (vault/app_password.h): of
 * all of an account but its certificates, sealed, the latest first. None of
 * account 0. Empty keys: made before there were any, and not typed since. */
#define FIELDS_app_keys_ask(F, S) F(S, u64, account, 0)
#define FIELDS_app_keys_answer(F, S) F(S, str, rows, MSG_CHUNK)
#define FIELDS_app_keys_row(F, S) \
	F(S, u64, number, 0) F(S, str, keys, APP_KEYS_MAX)
/* Such keys were made anew of a password that was typed: they belong to the
 * app password of this number, or (0) are part of the credential. Nothing that
 * one could log in by is another one now, so nobody is out. E_STALE: what is
 * there is not `was`. */
#define FIELDS_keys_renew_ask(F, S)                                   \
	F(S, u64, change, 0) F(S, u64, account, 0) F(S, u64, number, 0) \
	F(S, str, sealed, 4096) F(S, str, was, 4096)

/* Is mail taken for it? E_NOTFOUND. */
#define FIELDS_domain_is_ours_ask(F, S) F(S, str, domain, 255)

/* account_open's answer carries the descriptor of a new ACCOUNT connection,
 * for the operator a CARRIER's; store closes it when the account is removed,
 * its password set, or an app password of it removed. service: what vault has
 * let them in to. */
#define FIELDS_account_open_ask(F, S) F(S, u64, account, 0) F(S, u32, service, 0)
enum secret_kind { SECRET_tls_key = 1, SECRET_tls_chain, SECRET_dkim_key };
#define FIELDS_secret_get_ask(F, S) F(S, u32, kind, 0) F(S, str, name, 320)
#define FIELDS_secret_get_answer(F, S) F(S, str, sealed, 100000)
#define FIELDS_secret_put_ask(F, S) \
	F(S, u64, change, 0) F(S, u32, kind, 0) F(S, str, name, 320) \
	F(S, str, sealed, 100000)
/* Some of all that is sealed, to try a key with: struct sealed_row each, none
 * in a new server. kind 0: a credential, name is the account's address when
 * it was sealed. */
#define FIELDS_sealed_ask(F, S) F(S, u8, nothing, 0)
#define FIELDS_sealed_answer(F, S) F(S, str, rows, 65536)
#define FIELDS_sealed_row(F, S) \
	F(S, u32, kind, 0) F(S, str, name, 320) F(S, str, sealed, 4096)
