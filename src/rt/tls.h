/*
 * tls.h - what a server shows when TLS begins: certificates and keys by name.
 *
 * The private key is a handle (EVP_PKEY) whose signing may suspend the fiber
 * (see vault/remote_key.h). A context is immutable once streams use it; a
 * reload makes a new one, and streams keep the one they began with.
 */
#pragma once
#include <openssl/evp.h>

#include "base/err.h"
#include "base/str.h"

struct tls_ctx;

struct tls_ctx *tls_ctx_new(struct err *err);
/* Certificate chain as PEM, leaf first. The first one added answers names
 * that no certificate covers. The key is referenced, not copied. */
int tls_ctx_add(struct tls_ctx *ctx, struct str chain_pem, EVP_PKEY *key,
    struct err *err);
struct tls_ctx *tls_ctx_ref(struct tls_ctx *ctx);
void tls_ctx_unref(struct tls_ctx *ctx);

/* For stream.c: TLS is a transport over another one, which it owns. The
 * handshake is stepped on a fiber (signing may suspend it): 0 when done,
 * E_AGAIN to be called again when inner is ready, E_CLOSED, E_TLS. */
struct transport;
struct tls_facts;
struct transport *transport_tls(struct transport *inner, struct tls_ctx *ctx);
int transport_tls_step(struct transport *tls, struct err *err);
/* Leaves *f alone if t is no TLS transport. */
void transport_tls_facts(const struct transport *t, struct tls_facts *f);
