/*
 * field_put.h - a header field as it is written: its words, folded.
 *                                        RFC 5322 2.2.3, RFC 2047, RFC 2231
 *
 * Whatever the texts are, no line of theirs begins a field of its own: controls
 * become spaces. Lines have 78 columns where their words let them.
 */
#pragma once
#include "base/buf.h"

struct field_put {
	struct buf *out;
	size_t column;	/* of this line */
};

/* "Name:"; what follows brings its space. */
struct field_put field_begin(struct buf *out, struct str name);
/* A word behind a space or a fold. */
void field_word(struct field_put *f, struct str word);
/* The same right behind the last, without either: "," */
void field_mark(struct field_put *f, struct str mark);
/* Text that has no structure: as it is, spaces and all, or, if that cannot be,
 * as encoded words. */
void field_text(struct field_put *f, struct str text);
/* A phrase: atoms, a quoted string, or encoded words.        RFC 5322 3.2.5 */
void field_phrase(struct field_put *f, struct str name);
/* "; name=value", in whichever form the value needs.              RFC 2231 */
void field_param(struct field_put *f, struct str name, struct str value);
void field_end(struct field_put *f);

/* atom = 1*atext, dot-atom-text: RFC 5322 3.2.3. Octets beyond ASCII are atext
 * (RFC 6532 3.2). */
bool field_is_atext(char c);
bool field_is_dot_atom(struct str s);
/* local@domain; the local part is quoted if it has to be.    RFC 5322 3.4.1 */
void field_addr_spec(struct buf *b, struct str local, struct str domain);
/* token = 1*<any CHAR except SPACE, CTLs, or tspecials>        RFC 2045 5.1 */
bool field_is_token(struct str s);
