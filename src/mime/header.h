/*
 * header.h - the fields of a header block.                 RFC 5322 2.2
 *
 * A block is the octets of a header as they stand in the message, with or
 * without the blank line that ends it. Only CRLF ends a line; a line that
 * begins with a space or a tab continues the field above. Nothing here fails:
 * a line that is no field comes out as a field without a name.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

struct header_field {
	struct str name;  /* without the colon; empty for a malformed line */
	struct str value; /* behind the colon, folds inside, no CRLF at end */
	struct str whole; /* all its octets, with the last CRLF if present */
};

/* Take the first field off *block. False at the blank line or the end;
 * *block is then what follows the blank line. All slices are borrowed. */
bool header_next(struct str *block, struct header_field *f);

/* The raw value of the first field with this name (any case), with white
 * space trimmed at both ends; .p is NULL if there is none. */
struct str header_get(struct str block, struct str name);

/* The value without its line ends and trimmed (RFC 5322 2.2.3); borrowed when
 * it was not folded, else in the arena. */
struct str header_unfold(struct arena *a, struct str value);

/* Append the fields that are named (or, with `except`, all that are not), in
 * their order and octet for octet, and a blank line: BODY[HEADER.FIELDS (..)]
 * and HEADER.FIELDS.NOT.                                   RFC 3501 6.4.5 */
void header_select(struct buf *out, struct str block, const struct str *names,
    size_t n, bool except);
