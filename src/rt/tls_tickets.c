/*
 * tls_tickets.c - the keys under which sessions are resumed. RFC 5077, RFC 8446
 * 4.6.1
 *
 *   key = name (16)  AES-256 key (32)  HMAC-SHA-256 key (32)
 *
 * The first one makes tickets, all open them. Whoever has a key can read what a
 * TLS 1.2 session that it made a ticket for has said: so a key lives for hours.
 */
#include <openssl/core_names.h>
#include <openssl/rand.h>

#include "rt/tls_int.h"

enum { NAME_LEN = 16, IV_LEN = 16, HALF_LEN = 32 };
_Static_assert(TLS_TICKET_KEY_LEN == NAME_LEN + 2 * HALF_LEN, "ticket key");

/* The arrays are OpenSSL's. Of no name that we know: a whole handshake. */
int
tls_ticket_key(SSL *ssl, uint8_t *name, uint8_t *iv, EVP_CIPHER_CTX *cipher,
    EVP_MAC_CTX *mac, int making)
{
	struct tls_lib *lib = tls_lib_of(ssl);
	const struct tls_ticket_keys *t = tls_lib_ticket_keys(lib);
	char digest[] = OSSL_DIGEST_NAME_SHA2_256;
	OSSL_PARAM params[2] = { OSSL_PARAM_construct_utf8_string(
	    OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end() };
	const uint8_t *key = NULL;
	size_t at = 0;

	/* Who has shown a certificate proves it anew each time. */
	if (making && SSL_get0_peer_certificate(ssl))
		return 0;
	if (making) {
		memcpy(name, t->octets[0], NAME_LEN);
		if (RAND_bytes_ex(tls_lib_ctx(lib), iv, IV_LEN, 0) != 1)
			return -1;
	}
	for (; !key && at < TLS_TICKET_KEYS; at++)
		if (memcmp(t->octets[at], name, NAME_LEN) == 0)
			key = t->octets[at] + NAME_LEN;
	if (!key)
		return 0;
	if (!EVP_CipherInit_ex(cipher, t->cipher, NULL, key, iv, making) ||
	    !EVP_MAC_init(mac, key + HALF_LEN, HALF_LEN, params))
		return -1;
	return making || at == 1 ? 1 : 2;	/* 2: and a new one */
}
