/*
 * charset.h - text of known charsets as UTF-8, and UTF-8 fit to show.
 *
 * Internal to mime/.
 */
#pragma once
#include "base/buf.h"

/* Is it utf-8, us-ascii or iso-8859-1 (or empty, taken as us-ascii)? */
bool charset_known(struct str charset);

/* Append octets of a known charset as UTF-8. UTF-8 is copied as it is, good
 * or bad: a character may be cut across two calls. */
void charset_put(struct buf *out, struct str charset, struct str octets);

/* Append s with every control character as a space and every octet that is
 * not UTF-8 as U+FFFD: valid UTF-8 without controls. */
void utf8_put_clean(struct buf *out, struct str s);

/* The longest start of s that is at most n octets and whole characters. */
struct str utf8_first(struct str s, size_t n);
