/*
 * charset.h - text of known charsets as UTF-8, and UTF-8 fit to show.
 *
 * Names are compared by their letters and digits: "ISO_8859-2" and "iso8859-2"
 * are one. utf-8, us-ascii and what has one octet a character are known
 * everywhere; the others, which the C library's iconv converts, once
 * charset_prepare() has run.
 */
#pragma once
#include "base/buf.h"

/* Load the converters, which are files; before the walls of a role close.
 * They stay loaded. Calling it again does nothing. */
void charset_prepare(void);

/* Empty is us-ascii. */
bool charset_known(struct str charset);
/* Append the names that are known, a space before each. */
void charset_put_names(struct buf *out);

/* Append octets of a known charset as UTF-8, what is none of its characters as
 * U+FFFD. us-ascii and UTF-8 are copied as they are, good or bad: a character
 * may be cut across two calls. */
void charset_put(struct buf *out, struct str charset, struct str octets);

/* The same for text that comes in pieces, cut anywhere. NULL if the charset is
 * not known. The caller ends it. */
struct charset_stream;
struct charset_stream *charset_begin(struct str charset);
void charset_more(struct charset_stream *c, struct str octets,
    struct buf *out);
void charset_end(struct charset_stream *c, struct buf *out);

/* Append a character; U+FFFD for what is none. */
void utf8_put(struct buf *out, uint32_t code);

/* Append s with every control character as a space and every octet that is
 * not UTF-8 as U+FFFD: valid UTF-8 without controls. */
void utf8_put_clean(struct buf *out, struct str s);

/* The longest start of s that is at most n octets and whole characters. */
struct str utf8_first(struct str s, size_t n);
