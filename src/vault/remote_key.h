/*
 * remote_key.h - a private key that is somewhere else.
 *
 * An OpenSSL provider ("postern-remote") with key management and signatures
 * for EC, RSA, RSA-PSS and Ed25519. Such a key has the public half inside it
 * and a signer that is asked for each signature; OpenSSL uses it like any
 * other. It is made for TLS and signs in one go only: EVP_DigestSign().
 */
#pragma once
#include <openssl/evp.h>

#include "rt/tls.h"

enum remote_padding { REMOTE_PAD_NONE, REMOTE_PAD_PSS, REMOTE_PAD_PKCS1 };

struct remote_signer {
	/* Sign octets with key number `key`. digest is "SHA256", "SHA384" or
	 * "SHA512", empty for Ed25519. *n is the room in sig at first and then
	 * the signature's length. It may suspend the calling fiber. 0 or E_*,
	 * which becomes the reason of the TLS failure. */
	int (*sign)(struct remote_signer *s, uint32_t key, struct str digest,
	    enum remote_padding padding, struct str octets, uint8_t *sig,
	    size_t *n, struct err *err);
};

/* Load the provider into this library context, once. */
int remote_key_provide(struct tls_lib *lib, struct err *err);

/* The key that belongs to the first certificate of a PEM chain. The signer
 * must outlive it and everything that holds it. */
int remote_key_new(struct tls_lib *lib, struct str chain_pem,
    struct remote_signer *signer, uint32_t number, EVP_PKEY **key,
    struct err *err);
