/*
 * tls_proof.h - a client has shown a certificate to somebody who ends TLS in
 * our name: does that prove that it has the key, and that it spoke with us?
 * Pure.                                  RFC 8446 4.4.3, RFC 5246 7.4.3, 7.4.8
 *
 * Who ends TLS is not believed. What the client has signed are all messages
 * before, among them our certificate, and the signature that vault itself has
 * made for this very handshake with its key: nobody can have had that before,
 * and nobody else's handshake has both. What vault has signed would not do: the
 * same octets can be signed again, for a handshake of long ago.
 *
 * The messages are walked along by their lengths. No certificate is parsed: the
 * key to try is the one that was registered.
 */
#pragma once
#include <openssl/evp.h>

#include "vault/messages.h"

/* The longest public key that can be bound. */
enum { TLS_PROOF_KEY_MAX = APP_KEY_MAX };

struct tls_proof {
	uint32_t version, scheme;	/* 0x0304, 0x0804, as in TLS */
	struct str said;		/* messages, each with its header */
	struct str signature;
};

/* Strs live in the arena, or are the proof's. */
struct tls_proof_parts {
	struct str leaf;	/* DER: the certificate the client was shown */
	struct str ours;	/* what the server has signed (tls_sign_ask) */
	struct str signature;	/* how; as the client was told it */
	struct str theirs;	/* and the client */
};
/* False: no such handshake. */
must_check bool tls_proof_read(OSSL_LIB_CTX *lib, const struct tls_proof *p,
    struct arena *a, struct tls_proof_parts *out);

/* A SubjectPublicKeyInfo of the operator's: can it be bound? RSA of 2048 bits
 * and more, P-256, P-384, P-521, Ed25519. */
must_check bool tls_proof_is_key(OSSL_LIB_CTX *lib, struct str spki);
/* Is it the signature by this key, of what they signed? */
must_check bool tls_proof_holds(OSSL_LIB_CTX *lib, struct str spki,
    const struct tls_proof *p, struct str theirs);
