/*
 * tls_int.h - what tls.c and tls_transport.c share.
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
