/*
 * opaque_string.h - a password in one form, however it was typed: RFC 8265 4.2
 * (OpaqueString) and, for SCRAM, RFC 4013 (SASLprep). Pure.
 *
 * One keyboard makes "é" of one character, another of two.
 */
#pragma once
#include "base/buf.h"

/* 1024 octets of UTF-8; in these forms it may grow. */
enum { OPAQUE_MAX = 1024, OPAQUE_FORM_MAX = 18 * OPAQUE_MAX };

/* Append it, with one kind of space, in NFC. False: empty, no UTF-8, too long,
 * or with what FreeformClass has not (RFC 8264 4.3): control characters, those
 * that cannot be seen, those that are none. */
must_check bool opaque_string(struct str password, struct buf *out);

/* Append what programs that know SASLprep send of it: the same in NFKC. False
 * where the first is. */
must_check bool opaque_string_kc(struct str password, struct buf *out);
