/*
 * test_tls.h - a TLS client over octets handed back and forth, and a context
 * with a self-signed certificate for the server.
 */
#pragma once
#include "base/buf.h"
#include "rt/tls.h"

struct ssl_client;

struct tls_ctx *test_tls_ctx(void);

struct ssl_client *ssl_client_new(void);
void ssl_client_free(struct ssl_client *c); /* NULL is fine */
bool ssl_client_ready(const struct ssl_client *c);
/* Go on with the handshake; wire gets what is to be sent. */
void ssl_client_step(struct ssl_client *c, struct buf *wire);
/* Octets from the wire; text gets what they say. */
void ssl_client_took(struct ssl_client *c, struct str wire, struct buf *text);
/* Text to octets for the wire. */
void ssl_client_seal(struct ssl_client *c, struct str text, struct buf *wire);
