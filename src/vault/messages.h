/*
 * messages.h - everything that can be asked of vault.
 *
 * mx and front are told certificates and get signatures for TLS; front proves
 * people's passwords and gets their store connection; the operator has
 * passwords sealed. No key, hash or password ever leaves vault.
 */
#pragma once
#include "rt/ipc.h"
#include "store/messages_login.h"
#include "vault/dkim_state.h"

enum vault_authority {
	VAULT_AUTH_MX = 1,
	VAULT_AUTH_FRONT = 2,
	VAULT_AUTH_OPERATOR = 4,
	VAULT_AUTH_LOCAL = 8,	/* a program on this machine that submits */
	VAULT_AUTH_RELAY = 32,	/* reports to other domains */
	VAULT_AUTH_WEB = 16,	/* beside FRONT: what strangers ask by HTTP */
};

/*        name           answer                 authorities      */
#define VAULT_CALLS(C)                                            \
	C(certs,         certs_answer,          VAULT_AUTH_MX | VAULT_AUTH_FRONT | \
		VAULT_AUTH_OPERATOR) \
	C(tls_sign,      tls_sign_answer,       VAULT_AUTH_MX | VAULT_AUTH_FRONT) \
	C(login,         login_answer,          VAULT_AUTH_FRONT) \
	C(scram_first,   scram_first_answer,    VAULT_AUTH_FRONT) \
	C(scram_final,   scram_final_answer,    VAULT_AUTH_FRONT) \
	C(bearer,        login_answer,          VAULT_AUTH_FRONT) \
	C(external,      login_answer,          VAULT_AUTH_FRONT) \
	C(cram_first,    scram_first_answer,    VAULT_AUTH_FRONT) \
	C(cram_final,    login_answer,          VAULT_AUTH_FRONT) \
	C(reopen,        vault_done,            VAULT_AUTH_FRONT) \
	C(dkim_sign,     dkim_sign_answer,      VAULT_AUTH_FRONT | VAULT_AUTH_LOCAL | \
		VAULT_AUTH_RELAY) \
	C(dkim_keys,     dkim_keys_answer,      VAULT_AUTH_OPERATOR) \
	C(dkim_rotate,   vault_done,            VAULT_AUTH_OPERATOR | VAULT_AUTH_RELAY) \
	C(dkim_due,      dkim_due_answer,       VAULT_AUTH_RELAY) \
	C(arc_seal,      dkim_sign_answer,      VAULT_AUTH_MX) \
	C(seal_password, seal_password_answer,  VAULT_AUTH_OPERATOR) \
	C(app_password,  app_password_answer,   VAULT_AUTH_OPERATOR) \
	C(own_password,  vault_done,            VAULT_AUTH_FRONT) \
	C(own_app_password, app_password_answer, VAULT_AUTH_FRONT) \
	C(own_factor,    own_factor_answer,     VAULT_AUTH_FRONT) \
	C(is_ours,       vault_done,            VAULT_AUTH_WEB)

/* Notices to vault: nobody answers. */
#define VAULT_NOTICES(N) \
	N(logout, VAULT_AUTH_FRONT)  \
	N(resume, VAULT_AUTH_FRONT)

/* Asks that may be outstanding: more than logins that wait for their hash, so
 * these never keep a signature waiting. */
enum { VAULT_WINDOW = 512 };

/* What mx has seen of a chain: cv= of its seal. */
enum arc_sees { ARC_SEES_none = 1, ARC_SEES_pass, ARC_SEES_fail };

enum vault_call {
#define C(name, answer, who) VAULT_##name,
#define N(name, who) VAULT_##name,
	VAULT_CALLS(C)
	VAULT_NOTICES(N)
#undef C
#undef N
	VAULT_NCALLS
};
extern const struct ipc_call vault_calls[VAULT_NCALLS];

#define FIELDS_vault_done(F, S) F(S, u8, nothing, 0)
MSG_STRUCT(vault_done);

/* Certificate number `index`, from 0; E_NOTFOUND beyond the last. key names
 * the key for tls_sign, also after a restart of vault. Vault has looked at the
 * staple (tls_staple_check()). */
#define FIELDS_certs_ask(F, S) F(S, u32, index, 0)
#define FIELDS_certs_answer(F, S)                                     \
	F(S, str, chain_pem, 100000) F(S, u32, key, 0)                \
	F(S, str, staple, STAPLE_MAX)	/* empty; an OCSP response */ \
	F(S, i64, staple_until, 0)
enum { STAPLE_MAX = 20000 };

/* Sign what TLS wants signed. Only in the shapes of RFC 8446 4.4.3 and RFC
 * 5246 7.4.3; anything else is E_DENIED.
 * digest is "SHA256" etc. (empty for Ed25519), padding 0 none, 1 PSS, 2
 * PKCS#1. */
#define FIELDS_tls_sign_ask(F, S)                        \
	F(S, u32, key, 0) F(S, str, digest, 16)          \
	F(S, u32, padding, 0) F(S, str, octets, 16384)
#define FIELDS_tls_sign_answer(F, S) F(S, str, signature, 1024)

/* Prove a password. peer (an address) is for limits: too many failures from
 * it or for this user are answered E_BUSY for a while. E_DENIED if user or
 * password is wrong (never says which, and takes as long). The answer carries
 * the account's store connection; ticket is for reopen on this connection.
 *
 * The password is the account's own or one of its app passwords, which is good
 * for some services only: label says which. service: one of those the asker
 * has, or 0 where only the account's own is taken.
 *
 * Who has a second factor comes in by their own password at the page only, and
 * with a code: E_FACTOR if there is none, or it is no page. A wrong code is
 * E_DENIED, and a wrong guess like any other. The ticket of a sign-in of theirs
 * does as a code, on its connection: another password begins a new one. */
#define FIELDS_login_words(F, S)                                            \
	F(S, str, mechanism, 32)	/* "PLAIN" */                 \
	F(S, str, authzid, 320) F(S, str, user, 320)                  \
	F(S, str, password, 1024) F(S, str, peer, 64)                 \
	F(S, u32, service, 0)		/* SERVICE_* */               \
	F(S, str, code, FACTOR_TYPED_MAX)
enum { FACTOR_TYPED_MAX = 32 };
#define FIELDS_login_ask(F, S) FIELDS_login_words(F, S)
#define FIELDS_login_in(F, S)                                         \
	F(S, u64, account, 0) F(S, str, address, 320) F(S, str, ticket, 16) \
	F(S, str, token, 512) F(S, str, label, APP_LABEL_MAX)         \
	F(S, i64, until, 0)		/* of who came by a token; 0 */
#define FIELDS_login_answer(F, S) FIELDS_login_in(F, S)

/* The same by SCRAM (RFC 5802): who asks has read the client's messages and
 * answers for its connection, of which the mechanism's "-PLUS" tells; vault
 * makes the nonce, and proves. Who does not exist is told a salt as well, and
 * is E_DENIED at the end as others are. A proof is for one exchange, which is
 * good once: its nonce is vault's. E_STALE: there is no such exchange (any
 * more). The other errors as in a login.
 *
 * bare, without_proof: client-first-message-bare, and of the last message all
 * before its proof, as they came. message: server-first-message. signature: the
 * ServerSignature. */
#define FIELDS_scram_first_ask(F, S)                                  \
	F(S, str, mechanism, 32)	/* "SCRAM-SHA-256" */         \
	F(S, str, authzid, 320) F(S, str, user, 320)                  \
	F(S, str, peer, 64) F(S, u32, service, 0)                     \
	F(S, str, nonce, 256)		/* the client's */            \
	F(S, str, bare, 4096)
#define FIELDS_scram_first_answer(F, S) \
	F(S, str, exchange, 16) F(S, str, message, 512)
#define FIELDS_scram_final_ask(F, S)                                  \
	F(S, str, exchange, 16) F(S, str, without_proof, 2048)        \
	F(S, str, proof, 64)
#define FIELDS_scram_final_answer(F, S) \
	FIELDS_login_in(F, S) F(S, str, signature, 64)

/* By a token of an issuer (RFC 7628, RFC 6750), which says itself whose it is;
 * user: who they say they are, or empty. A second factor is the issuer's to ask
 * for. E_DENIED if the token is not good here, or somebody else's; E_TIMEOUT if
 * nobody can say. */
#define FIELDS_bearer_ask(F, S)                                       \
	F(S, str, mechanism, 32)	/* "OAUTHBEARER" */           \
	F(S, str, user, 320) F(S, str, peer, 64)                      \
	F(S, u32, service, 0) F(S, str, bearer, 8192)

/* By a certificate that a client has shown to who asks (RFC 4422 A), which is
 * bound to an account by its key. user: who they say they are, or empty: then
 * it has to be of one account only. key is the SHA-256 of its public key; the
 * rest is what proves that the client has it, and that it spoke with us (see
 * tls_proof.h): E_DENIED if it does not. A handshake proves once, within five
 * minutes after its signature; E_STALE: there is no such one (any more). */
#define FIELDS_external_ask(F, S)                                     \
	F(S, str, user, 320)                                          \
	F(S, str, peer, 64) F(S, u32, service, 0)                     \
	F(S, str, key, 32) F(S, u32, version, 0) F(S, u32, scheme, 0) \
	F(S, str, said, 49152) F(S, str, signature, 1024)

/* By CRAM-MD5 (RFC 2195), of app passwords that were made for it, where the
 * configuration has it. The challenge is vault's; who they are comes with the
 * digest, 16 octets. Else as SCRAM's. */
#define FIELDS_cram_first_ask(F, S) \
	F(S, str, peer, 64) F(S, u32, service, 0)
#define FIELDS_cram_final_ask(F, S) \
	F(S, str, exchange, 16) F(S, str, user, 320) F(S, str, digest, 16)

/* A new store connection for a session that lost its own. E_DENIED if the
 * ticket is none of this connection's, or the password was changed. */
#define FIELDS_reopen_ask(F, S) F(S, str, ticket, 16)
/* A vault that was started anew knows no tickets: within two minutes of its
 * start the same front worker may hand back the tokens of those who are still
 * there. A token is sealed: the ticket, for this worker. */
#define FIELDS_resume_ask(F, S) F(S, str, token, 512)
/* The session is over. */
#define FIELDS_logout_ask(F, S) F(S, str, ticket, 16)

/* A credential for account_add / account_passwd of store; address is the
 * account's own. E_INVALID if it can be no password. hashed: it is the hash
 * that another server has made of it (foreign_hash.h). */
#define FIELDS_seal_password_ask(F, S) \
	F(S, str, address, 320) F(S, str, password, 1024) F(S, u8, hashed, 0)
#define FIELDS_seal_password_answer(F, S) F(S, str, sealed, 4096)

/* A SubjectPublicKeyInfo: that of RSA of 8192 bits has 1062 octets. */
enum { APP_KEY_MAX = 1100 };
/* Make an app password: store keeps its keyed hash, and the answer is the only
 * place where it ever is; but one for CRAM-MD5 is kept as it is, sealed. Or
 * bind a certificate, by key, its public key (SubjectPublicKeyInfo); the answer
 * is empty then. Errors as app_password_add of store. */
#define FIELDS_app_password_ask(F, S)                          \
	F(S, str, address, 320) F(S, str, label, APP_LABEL_MAX) \
	F(S, u32, services, 0) F(S, i64, expires, 0)            \
	F(S, u32, kind, 0)	/* enum app_kind */             \
	F(S, str, key, APP_KEY_MAX)
#define FIELDS_app_password_answer(F, S) F(S, str, password, 32)

/* What people do to their own account: with their own password (no app
 * password), proven again as in a login; service is SERVICE_page. Where there
 * is a second factor, ticket is that of a sign-in that brought a code.
 * chosen: E_INVALID if the rules refuse it (password_rule.h), with the reason.
 */
#define FIELDS_own_words(F, S) FIELDS_login_words(F, S) F(S, str, ticket, 16)
#define FIELDS_own_password_ask(F, S) \
	FIELDS_own_words(F, S) F(S, str, chosen, 1024)
#define FIELDS_own_app_password_ask(F, S)                      \
	FIELDS_own_words(F, S) F(S, str, label, APP_LABEL_MAX)       \
	F(S, u32, services, 0) F(S, i64, expires, 0)

/* One's second factor. The secret of one that is begun is in the answer, and
 * sealed in the offer, which is good for a quarter of an hour; it is on when
 * the offer comes back with a first code of it. To take it off, or to have new
 * recovery codes, wants a code. To be shown whether it is on wants the ticket
 * alone.
 *
 * E_EXISTS: it is on; E_NOTFOUND: it is not; E_INVALID: the code is none of the
 * offer, or the offer is too old; E_DENIED: the password is wrong; E_FACTOR:
 * the code of what is on is; E_STALE. */
enum factor_what { FACTOR_show = 1, FACTOR_begin, FACTOR_on, FACTOR_off,
	FACTOR_new_codes };
#define FIELDS_own_factor_ask(F, S)                            \
	FIELDS_own_words(F, S) F(S, u32, what, 0) F(S, str, offer, 512)
#define FIELDS_own_factor_answer(F, S)                         \
	F(S, u8, on, 0) F(S, u32, codes_left, 0)               \
	F(S, str, secret, 32)	/* base32 */                   \
	F(S, str, offer, 512)                                  \
	F(S, str, codes, 256)	/* each with a line end */

/* Sign a message somebody here writes. RFC 6376, 8463. Vault appends its own
 * DKIM-Signature field to the canonical header and signs that, so what it
 * signs is always one, and d= is the domain of `from`. The person of the
 * ticket must be allowed to write as `from` (the address of the From field);
 * LOCAL may as any of ours, and has no ticket; RELAY as who sends reports
 * (report_from.h), and From is nothing but that address. E_DENIED; E_NOTFOUND
 * if the domain has no keys. fields: one or two whole fields with CRLF. */
#define FIELDS_dkim_sign_ask(F, S)                                       \
	F(S, str, ticket, 16) F(S, str, from, 320)                       \
	F(S, str, names, 1000)	/* h=: "From:From:To:To:Subject" */      \
	F(S, str, header, 131072) /* relaxed, each with its CRLF */      \
	F(S, str, body_hash, 32)  /* SHA-256 of the relaxed body */      \
	F(S, i64, at, 0)
#define FIELDS_dkim_sign_answer(F, S) F(S, str, fields, 8192)
/* Seal a message of others that is sent on. RFC 8617 5.1: the set that follows
 * `chain`, which is all those that are there, relaxed; empty of the first, and
 * of a chain that has failed. Vault makes all three fields, so this signs
 * nothing else, and no DKIM-Signature; results are what mx says it has found.
 * domain: by whose key. E_NOTFOUND if it has none. */
#define FIELDS_arc_seal_ask(F, S)                                        \
	F(S, str, domain, 255) F(S, u32, instance, 0)                    \
	F(S, u32, sees, 0)	/* enum arc_sees */                      \
	F(S, str, results, 4096) /* authserv-id, and behind it */        \
	F(S, str, names, 1000) F(S, str, header, 131072) /* as above */  \
	F(S, str, body_hash, 32) F(S, str, chain, 98304) F(S, i64, at, 0)
/* The public side of a domain's keys: struct dkim_key_row each. With `make`
 * those that are missing are made. since: in this state, 0 if nobody knows;
 * until: of one that has signed, it stays published so long. */
#define FIELDS_dkim_keys_ask(F, S) F(S, str, domain, 255) F(S, u8, make, 0)
#define FIELDS_dkim_keys_answer(F, S) F(S, str, keys, 16384)
#define FIELDS_dkim_key_row(F, S)                                      \
	F(S, str, selector, 64) F(S, str, record, 1000) /* "v=DKIM1; ..." */ \
	F(S, str, algorithm, 16) /* "rsa", "ed25519" */                \
	F(S, u32, state, 0)	/* enum dkim_state */                  \
	F(S, i64, since, 0) F(S, i64, until, 0)
/* The key of this selector, which is one in reserve, signs from now on. What
 * signed until now is published still, or revoked, and with it those before.
 * RELAY may when it is due, and revokes nothing: E_DENIED. E_NOTFOUND: there is
 * no such key; E_INVALID: it has signed; E_LIMIT: as dkim_keys_rotate(). Where
 * it signs already it is 0, so an ask may be repeated. */
#define FIELDS_dkim_rotate_ask(F, S) \
	F(S, str, domain, 255) F(S, str, selector, 64) F(S, u8, revoke, 0)
/* Which keys have signed for as long as the configuration says (dkim-rotate)?
 * rows: struct dkim_due_row each, of some domains behind `after`; the next ones
 * are behind `next`, which is empty at the end. selector and record are those
 * of the key in reserve, empty if there is none. */
#define FIELDS_dkim_due_ask(F, S) F(S, str, after, 255)
#define FIELDS_dkim_due_answer(F, S) \
	F(S, str, rows, 32768) F(S, str, next, 255)
#define FIELDS_dkim_due_row(F, S)                                      \
	F(S, str, domain, 255) F(S, str, selector, 64)                 \
	F(S, str, record, 1000)

/* Is mail taken for this domain? Vault asks store for web, which has no
 * connection to it before somebody has logged in. E_NOTFOUND. */
#define FIELDS_is_ours_ask(F, S) F(S, str, domain, 255)

MSG_STRUCT(certs_ask);
MSG_STRUCT(certs_answer);
MSG_STRUCT(tls_sign_ask);
MSG_STRUCT(tls_sign_answer);
MSG_GROUP(login_words);
MSG_GROUP(login_in);
MSG_GROUP(own_words);
MSG_STRUCT(login_ask);
MSG_STRUCT(login_answer);
MSG_STRUCT(scram_first_ask);
MSG_STRUCT(scram_first_answer);
MSG_STRUCT(scram_final_ask);
MSG_STRUCT(scram_final_answer);
MSG_STRUCT(bearer_ask);
MSG_STRUCT(external_ask);
MSG_STRUCT(cram_first_ask);
MSG_STRUCT(cram_final_ask);
MSG_STRUCT(reopen_ask);
MSG_STRUCT(logout_ask);
MSG_STRUCT(resume_ask);
MSG_STRUCT(seal_password_ask);
MSG_STRUCT(seal_password_answer);
MSG_STRUCT(app_password_ask);
MSG_STRUCT(app_password_answer);
MSG_STRUCT(own_password_ask);
MSG_STRUCT(own_app_password_ask);
MSG_STRUCT(own_factor_ask);
MSG_STRUCT(own_factor_answer);
MSG_STRUCT(dkim_sign_ask);
MSG_STRUCT(dkim_sign_answer);
MSG_STRUCT(arc_seal_ask);
MSG_STRUCT(dkim_keys_ask);
MSG_STRUCT(dkim_keys_answer);
MSG_STRUCT(dkim_key_row);
MSG_STRUCT(dkim_rotate_ask);
MSG_STRUCT(dkim_due_ask);
MSG_STRUCT(dkim_due_answer);
MSG_STRUCT(dkim_due_row);
MSG_STRUCT(is_ours_ask);
