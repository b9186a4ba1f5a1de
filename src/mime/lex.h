/*
 * lex.h - words that header grammars share.                RFC 5322 3.2
 *
 * Internal to mime/. Tolerant: what is not closed ends where the text ends.
 */
#pragma once
#include "base/rd.h"

/* Space, tab, CR, LF: folds count as white space wherever they are. */
bool lex_is_space(char c);

/* Skip white space and comments; true if there was anything. *comment (may be
 * NULL) becomes the raw inside of the last comment, if there was one. */
bool lex_cfws(struct rd *r, struct str *comment);

/* The cursor is behind an opening quote: take up to the closing one. The
 * result is raw: lex_unescape() it. */
struct str lex_quoted(struct rd *r);

/* Copy raw to p (room for raw.n) without escapes and line ends; the octets
 * written. */
size_t lex_unescape(char *p, struct str raw);
