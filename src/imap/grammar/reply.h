/*
 * reply.h - the elements of what we answer.               RFC 3501 9
 *
 * Each writes one element and no space around it.
 */
#pragma once
#include "base/buf.h"

/* quoted where that is allowed (short, 7-bit, no CR, LF, NUL), else literal;
 * NUL, which neither may hold, becomes "?". */
void reply_string(struct buf *b, struct str s);
/* NIL for the slice whose p is NULL. */
void reply_nstring(struct buf *b, struct str s);
/* An atom where that is allowed. */
void reply_astring(struct buf *b, struct str s);
/* "{n}" CRLF: what comes before n octets. */
void reply_literal(struct buf *b, uint64_t n);

/* A mailbox name; sent as it is (RFC 6855, RFC 9051) or as modified UTF-7. */
void reply_mailbox(struct buf *b, struct str name, bool utf8);

/* Text behind a status: what is not printable ASCII becomes "?", so that
 * nothing a peer sent can end the line. */
void reply_text(struct buf *b, struct str text);
