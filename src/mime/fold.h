/*
 * fold.h - text as searching compares it.
 *
 * Two texts that people would call the same have the same octets: without
 * case, compatible forms and compositions made one (NFKC of Unicode's full
 * case folding, which goes as far as i;unicode-casemap does, RFC 5051), and
 * every run of white space, line ends among it, one space. What is not UTF-8
 * becomes U+FFFD.
 */
#pragma once
#include "mime/collation.h"

/* A text that comes in pieces; zeros are its beginning. */
struct folding {
	char start[4];	/* of a character that has not come as a whole */
	uint8_t nstart;
	bool space;	/* the last that was put is one */
	enum collation by; /* another than this one here */
};
/* Append what is whole of it. Compositions are seen within a piece only. */
void fold_more(struct folding *f, struct str utf8, struct buf *out);
void fold_end(struct folding *f, struct buf *out);

/* A whole text. */
void fold_text(struct buf *out, struct str utf8);
void collate_text(enum collation by, struct buf *out, struct str utf8);
