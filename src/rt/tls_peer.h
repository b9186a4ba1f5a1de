/*
 * tls_peer.h - for tests: certificates made on the spot, and a real OpenSSL
 * client at the other end of a wire in memory.
 */
#pragma once
#include <openssl/ssl.h>

#include "base/buf.h"
#include "rt/stream.h"
#include "rt/tls.h"

/* A self-signed certificate for names ("DNS:a.test,DNS:*.b.test"; empty: only
 * the common name cn). type is "EC", "RSA" or "ED25519". */
struct test_cert {
	struct buf pem;
	EVP_PKEY *key;
};
struct test_cert test_cert(const char *type, const char *cn,
    const char *names);
/* The same, good until so many seconds from now. */
struct test_cert test_cert_until(const char *type, const char *cn,
    const char *names, long end_s);
void test_cert_free(struct test_cert *c);

/* One client and the wire to it. */
struct tls_peer {
	SSL_CTX *ctx;
	SSL *ssl;
	BIO *server_end;
	struct transport *wire;	/* the server's end; the server closes it */
	bool *wire_closed;
};
/* version TLS1_2_VERSION or TLS1_3_VERSION; sni and sigalgs may be NULL. */
struct tls_peer tls_peer(int version, const char *sni, const char *sigalgs);
/* One try at the handshake: 1 done, 0 again later, -1 failed. Wakes the
 * server's end. */
int tls_peer_step(struct tls_peer *p);
/* Octets in clear, or from the client's TLS session. */
void tls_peer_raw(struct tls_peer *p, const void *octets, size_t n);
int tls_peer_write(struct tls_peer *p, const char *text);
/* What came, up to n octets; 0 is the end, -1 nothing yet. */
int tls_peer_read(struct tls_peer *p, char *to, size_t n);
/* The client cuts the wire, without a word. */
void tls_peer_cut(struct tls_peer *p);
void tls_peer_free(struct tls_peer *p);
