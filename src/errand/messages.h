/*
 * messages.h - what can be asked of errand: calls to other servers that are
 * neither mail nor DNS.
 *
 * Nobody names a URL. An ask names an errand of a table (errand/table.c) and
 * what it is about; errand composes the rest. So a role that was taken over
 * reaches nothing by it but what the table says. A scanner is one that the
 * configuration names, and so is an issuer of tokens.
 */
#pragma once
#include "rt/ipc.h"

enum errand_authority { ERRAND_AUTH_RELAY = 1, ERRAND_AUTH_MX = 2,
	ERRAND_AUTH_VAULT = 4 };
/* Asks that may be outstanding on a connection. */
enum { ERRAND_WINDOW = 64 };

/* Its name, its answer, who may ask it, and how many descriptors come along. */
#define ERRAND_CALLS(C)                                \
	C(errand, errand_answer, ERRAND_AUTH_RELAY, 0) \
	C(scan, scan_answer, ERRAND_AUTH_MX, 1)        \
	C(issuer_keys, issuer_keys_answer, ERRAND_AUTH_VAULT, 0) \
	C(introspect, introspect_answer, ERRAND_AUTH_VAULT, 0)

enum errand_call {
#define C(name, answer, who, fds) ERRAND_CALL_##name,
	ERRAND_CALLS(C)
#undef C
	ERRAND_NCALLS
};
extern const struct ipc_call errand_calls[ERRAND_NCALLS];

enum errand_kind {
	ERRAND_MTA_STS = 1,	/* the policy of a domain: RFC 8461 3.3 */
};

enum errand_result {
	ERRAND_DONE,		/* it was there, and is in `text` */
	ERRAND_REFUSED,		/* no such errand, or it can be no name */
	ERRAND_BUSY,		/* too many wait */
	ERRAND_NO_HOST,		/* DNS knows no public address of it */
	ERRAND_UNREACHED,	/* nobody answered, or not in time */
	ERRAND_NOT_TRUSTED,	/* its certificate is not good for its name */
	ERRAND_BAD_ANSWER,	/* not 200, another type, too long, no HTTP */
};

enum { ERRAND_TEXT_MAX = 65536 };
/* about: of ERRAND_MTA_STS the domain, an A-label in lower case. */
#define FIELDS_errand_ask(F, S) F(S, u32, kind, 0) F(S, str, about, 255)
#define FIELDS_errand_answer(F, S)                                    \
	F(S, u32, result, 0)                                          \
	F(S, u32, status, 0)	/* of HTTP; 0: it did not come so far */ \
	F(S, str, why, 300)	/* other than ERRAND_DONE, in words */   \
	F(S, str, text, ERRAND_TEXT_MAX)
/* What an answer may take of an arena. */
enum { ERRAND_ANSWER_MEMORY = ERRAND_TEXT_MAX + 4096 };

MSG_STRUCT(errand_ask);
MSG_STRUCT(errand_answer);

/* A message is shown to another program of the operator's: the first `size`
 * octets of the file that comes along. */
enum scan_kind { SCAN_CLAMAV = 1, SCAN_RSPAMD };
enum scan_result {
	SCAN_CLEAN,		/* nothing was found */
	SCAN_FOUND,		/* what, is in `why` */
	SCAN_AWAY,		/* it has not looked; why not */
};
enum scan_wish { SCAN_TAKE, SCAN_JUNK, SCAN_REFUSE };	/* of rspamd */
enum { SCAN_RCPTS = 8192, SCAN_WHY = 300, SCAN_TENTHS_MAX = 500 };
#define FIELDS_scan_ask(F, S)                                         \
	F(S, u32, kind, 0)                                            \
	F(S, u64, size, 0)                                            \
	/* what rspamd is told of it; rcpts: each with LF at its end */ \
	F(S, str, peer, 64) F(S, str, helo, 255)                      \
	F(S, str, reverse_path, 512) F(S, str, rcpts, SCAN_RCPTS)
#define FIELDS_scan_answer(F, S)                                      \
	F(S, u32, result, 0)                                          \
	F(S, u32, wish, 0)	/* enum scan_wish */                  \
	F(S, i64, tenths, 0)	/* of a point: at most +-SCAN_TENTHS_MAX */ \
	F(S, str, why, SCAN_WHY) /* printable ASCII */
MSG_STRUCT(scan_ask);
MSG_STRUCT(scan_answer);

/* ---- issuers of tokens: OAuth 2.0 ------------------------------------------
 *
 * Asked by vault, about issuers that the configuration names. What comes from
 * there is read here; vault gets fixed fields. */

/* A key of a set (RFC 7517), as numbers, big-endian: of RSA modulus and
 * exponent, of P-256 both coordinates, of Ed25519 the key. */
enum jwk_kind { JWK_RSA = 1, JWK_P256, JWK_ED25519 };
/* RFC 7518 3.1, RFC 8037 3.1: what is taken, and nothing else. */
enum jws_alg { JWS_ANY, JWS_RS256, JWS_PS256, JWS_ES256, JWS_EDDSA };
enum { JWK_OCTETS = 1024, JWK_KEYS_MAX = 16, JWK_TEXT_MAX = 40000 };
#define FIELDS_jwk_row(F, S)                                          \
	F(S, u32, kind, 0) F(S, u32, alg, 0)                          \
	F(S, str, kid, 255)	/* empty: it has none */              \
	F(S, str, x, JWK_OCTETS) F(S, str, y, JWK_OCTETS)
MSG_STRUCT(jwk_row);

/* The keys of an issuer: struct jwk_row each. result: as of an errand. */
#define FIELDS_issuer_keys_ask(F, S) F(S, str, issuer, 500)
#define FIELDS_issuer_keys_answer(F, S)                               \
	F(S, u32, result, 0) F(S, str, why, 300)                      \
	F(S, str, keys, JWK_TEXT_MAX)
MSG_STRUCT(issuer_keys_ask);
MSG_STRUCT(issuer_keys_answer);

/* What a token says, or its issuer of it (RFC 7519 4.1, RFC 7662 2.2). Empty,
 * or 0: nothing. */
#define FIELDS_token_claims(F, S)                                     \
	F(S, str, user, 320)	/* what the issuer's `claim` has */   \
	F(S, str, iss, 500)                                           \
	F(S, str, audience, 2000) /* each with LF at its end */       \
	F(S, str, scope, 2000)	/* spaces between */                  \
	F(S, i64, expires, 0) F(S, i64, not_before, 0) F(S, i64, issued, 0)
MSG_GROUP(token_claims);

/* Of a token that is not active there is nothing but that. */
#define FIELDS_introspect_ask(F, S) \
	F(S, str, issuer, 500) F(S, str, token, 8192)
#define FIELDS_introspect_answer(F, S)                                \
	F(S, u32, result, 0) F(S, str, why, 300) F(S, u8, active, 0)  \
	FIELDS_token_claims(F, S)
MSG_STRUCT(introspect_ask);
MSG_STRUCT(introspect_answer);
