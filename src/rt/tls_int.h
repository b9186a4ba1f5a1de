/*
 * tls_int.h - what tls.c, tls_client.c and tls_transport.c share.
 */
#pragma once
#include <openssl/ssl.h>

#include "rt/stream.h"
#include "rt/tls.h"

/* A BIO over a transport (its data), as the library context's method. */
BIO_METHOD *tls_bio_method(void);
BIO_METHOD *tls_lib_bio(struct tls_lib *lib);

/* A new server connection of this context. NULL if memory ran out. */
SSL *tls_ctx_ssl(struct tls_ctx *ctx);
struct tls_lib *tls_ctx_lib(struct tls_ctx *ctx);
/* Does it ask clients for certificates? */
bool tls_ctx_asks(const struct tls_ctx *ctx);

/* tls_tickets.c: what SSL_CTX_set_tlsext_ticket_key_evp_cb() wants. */
struct tls_ticket_keys {
	uint8_t octets[TLS_TICKET_KEYS][TLS_TICKET_KEY_LEN];
	EVP_CIPHER *cipher;
};
const struct tls_ticket_keys *tls_lib_ticket_keys(const struct tls_lib *lib);
struct tls_lib *tls_lib_of(SSL *ssl);
int tls_ticket_key(SSL *ssl, uint8_t *name, uint8_t *iv,
    EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int making);

/* Settings of both sides; no certificate, no trust. NULL if OpenSSL will
 * not. */
SSL_CTX *tls_ssl_ctx(struct tls_lib *lib, const SSL_METHOD *method);
/* The next certificate of a PEM file; NULL at its end or if it is none, with
 * the reason in OpenSSL's queue. */
X509 *tls_next_cert(struct tls_lib *lib, BIO *pem);

/* Leaf and the others of a chain; false if it is no whole chain. */
bool tls_read_chain(struct tls_lib *lib, struct str pem, X509 **leaf,
    STACK_OF(X509) *rest);

/* tls_staple.c: those of a context. show: what
 * SSL_CTX_set_tlsext_status_cb() wants, with the list's address. */
struct tls_staple;
void tls_staple_add(struct tls_staple **list, X509 *leaf, struct str der,
    int64_t until);
void tls_staple_free(struct tls_staple *list);
int tls_staple_show(SSL *ssl, void *arg);

/* SHA-256 of its key (SubjectPublicKeyInfo): 32 octets; or TLS_KEY_HEX digits
 * and a NUL. */
bool tls_key_hash(struct tls_lib *lib, const X509 *x, uint8_t *sum);
bool tls_key_hex(struct tls_lib *lib, const X509 *x, char *hex);
/* tls_words.c: what it says of itself, in words. */
void tls_put_words(struct tls_lib *lib, X509 *x, struct buf *words);

/* What came to light about a server's certificate. */
struct tls_verdict {
	bool enforce;
	bool seen;	/* there was one */
	int trouble;	/* X509_V_ERR_*, the first; 0 */
	char words[160];
};

struct tls_client *tls_client_ref(struct tls_client *c);
struct tls_lib *tls_client_lib(struct tls_client *c);
/* A new connection to the host of this name; dane may be NULL. It writes to v,
 * which outlives it. NULL if memory ran out. */
SSL *tls_client_ssl(struct tls_client *c, struct str name,
    const struct tls_dane *dane, struct tls_verdict *v);
