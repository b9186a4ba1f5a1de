/*
 * tls_shown.h - the certificate that a client shows in a handshake, and what
 * proves to somebody else that it has the key: all that was said up to its
 * CertificateVerify.                       RFC 8446 4.4.3, RFC 5246 7.4.8
 *
 * Kept only where the context asks for certificates (tls_ctx_ask_clients()).
 */
#pragma once
#include "rt/tls_int.h"

struct tls_shown_log;
/* Begin to listen to a server's connection. */
struct tls_shown_log *tls_shown_new(SSL *ssl);
void tls_shown_free(struct tls_shown_log *l); /* NULL is fine */
/* The handshake is over. False: no certificate was shown, or too much was said;
 * then nothing of it is worth keeping. */
must_check bool tls_shown_end(struct tls_shown_log *l, SSL *ssl,
    struct tls_lib *lib);
void tls_shown_get(const struct tls_shown_log *l, struct tls_shown *out);

/* For a context: ask, take any certificate whose key is proven, and give no
 * ticket to who has shown one. */
void tls_shown_ask(SSL_CTX *ctx);
