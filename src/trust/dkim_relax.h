/*
 * dkim_relax.h - a header field in its relaxed form.        RFC 6376 3.4.2
 *
 * By itself, for who signs and parses nothing. Pure.
 */
#pragma once
#include "base/buf.h"

/* Append "name:value CRLF". value: what stands behind the colon, with its
 * folds and without its last CRLF. */
void dkim_relax(struct buf *out, struct str name, struct str value);
