/*
 * certificate.h - the public key in a file of somebody's certificate.
 *                                               RFC 7468, RFC 5280 4.1
 */
#pragma once
#include "base/arena.h"
#include "base/err.h"

/* Of the first CERTIFICATE of a PEM text, or of a PUBLIC KEY: its
 * SubjectPublicKeyInfo, in DER, in the arena. Nothing else of it is looked at:
 * what is bound is the key. Pure. */
must_check bool certificate_key(struct str pem, struct arena *a,
    struct str *spki);

/* The same of a file. E_INVALID, E_IO. */
int certificate_read(const char *path, struct arena *a, struct str *spki,
    struct err *err);
