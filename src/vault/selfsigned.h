/*
 * selfsigned.h - a certificate to begin with, when nobody gave one. Pure.
 */
#pragma once
#include <openssl/evp.h>

#include "base/buf.h"
#include "base/err.h"

/* An EC P-256 key and its certificate, good for ten years from a day before
 * now_s, for hostname (a name or an address), localhost, 127.0.0.1 and ::1.
 * Both as PEM; the caller wipes key_pem. */
int selfsigned_make(OSSL_LIB_CTX *lib, struct str hostname, int64_t now_s,
    struct buf *chain_pem, struct buf *key_pem, struct err *err);

/* The private key of a PEM text; no pass phrase. NULL if there is none. */
EVP_PKEY *pem_key(OSSL_LIB_CTX *lib, struct str key_pem);
