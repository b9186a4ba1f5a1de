/*
 * sign.h - what vault signs for those who end TLS: the two things a server
 * signs in a handshake, and nothing else. Pure.
 *
 * So a key for TLS cannot be made to sign mail (DKIM), a certificate request
 * or anything of another protocol: none of these has such a shape.
 */
#pragma once
#include <openssl/evp.h>

#include "base/err.h"
#include "base/str.h"

enum sign_shape {
	SIGN_NOTHING,
	SIGN_TLS12,	/* ServerKeyExchange: RFC 5246 7.4.3, RFC 8422 5.4 */
	SIGN_TLS13,	/* CertificateVerify: RFC 8446 4.4.3 */
};
enum sign_shape sign_shape(struct str octets);

enum sign_padding { SIGN_PAD_NONE, SIGN_PAD_PSS, SIGN_PAD_PKCS1 };

/* Sign octets if shape, digest ("SHA256", "SHA384", "SHA512"; empty for
 * Ed25519) and padding fit the key and each other: else E_DENIED. *n is the
 * room in sig at first and then the signature's length. Takes 0.03 (EC) to 1
 * ms (RSA); never suspends. */
int sign_tls(OSSL_LIB_CTX *lib, EVP_PKEY *key, struct str digest,
    uint32_t padding, struct str octets, uint8_t *sig, size_t *n,
    struct err *err);
