/*
 * markup.h - text inside HTML or XML.
 */
#pragma once
#include "base/buf.h"

/* One octet of it; in the value of an attribute a quote is the caller's. */
static inline void
markup_chr(struct buf *b, char c)
{
	if (c == '&')
		buf_lit(b, "&amp;");
	else if (c == '<')
		buf_lit(b, "&lt;");
	else if (c == '>')
		buf_lit(b, "&gt;");
	else
		buf_chr(b, c);
}
