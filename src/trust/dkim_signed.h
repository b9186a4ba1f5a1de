/*
 * dkim_signed.h - the octets that a signature is of: fields of the header, and
 * its own.                                          RFC 6376 3.7, 5.4.2
 *
 * Pure.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "mime/header.h"
#include "trust/dkim_signature.h"

/* The fields of these names, with colons between. NULL, or in words why not. */
const char *dkim_signed_fields(struct buf *out, struct str names, bool simple,
    const struct header_field *field, size_t nfields, struct arena *a);
/* The fields that h= names, and behind them the signature's own, whose name is
 * `own`. NULL, or in words why not. */
const char *dkim_signed_put(struct buf *out, struct str own,
    const struct dkim_signature *s, const struct header_field *field,
    size_t nfields, struct arena *a);
/* A signature's own field, without what its b= says and without its line end.
 *                                                     RFC 6376 3.5, 3.7 */
void dkim_signed_own(struct buf *out, struct str name,
    const struct dkim_signature *s);
