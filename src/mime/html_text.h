/*
 * html_text.h - the text of HTML, as far as it is for people.
 *
 * Tags go (those that do not stand within a line are a space), what scripts,
 * styles, the title and comments say goes, character references become their
 * characters. Any octets may come, cut anywhere; nothing fails.
 */
#pragma once
#include "base/buf.h"

/* Zeros are the beginning. */
struct html_text {
	enum { HTML_TEXT, HTML_TAG, HTML_COMMENT, HTML_HIDDEN,
		HTML_REFERENCE } state;
	char word[16];		/* of a tag or reference, as far as it came */
	uint8_t n;		/* octets of it; of a comment or hidden text,
				 * how many of those that end it */
};
/* Append the text, UTF-8 as the HTML is. */
void html_text_more(struct html_text *h, struct str utf8, struct buf *out);
void html_text_end(struct html_text *h, struct buf *out);
