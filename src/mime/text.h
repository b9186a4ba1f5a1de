/*
 * text.h - the text of a part, as searching compares it: its transfer encoding
 * and its charset undone, HTML without its tags, folded (fold.h) or as another
 * collation has it.
 *
 * Any octets may come, cut anywhere, and no more than a piece is kept. What
 * cannot be decoded is taken as it stands.
 */
#pragma once
#include "mime/collation.h"

struct text_reader;

/* As the part's header says it; empty is what RFC 2045 says then. The caller
 * ends it. */
struct text_reader *text_begin(struct str encoding, struct str charset,
    bool html);
/* Before any of it comes. */
void text_collate(struct text_reader *t, enum collation by);
/* Append the text of these octets, as far as it is certain. */
void text_more(struct text_reader *t, struct str octets, struct buf *out);
/* And the rest. NULL is fine. */
void text_end(struct text_reader *t, struct buf *out);
