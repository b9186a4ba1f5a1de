/*
 * header_end.h - where a header ends, in octets that come cut anywhere: behind
 * the first CRLF that follows a CRLF, or that begins the text.
 */
#pragma once
#include "base/str.h"

struct header_end {
	uint8_t matched;	/* octets of CRLFCRLF that were seen last */
};

/* The start of a text is as good as the end of a line. */
#define HEADER_END_INIT ((struct header_end){ 2 })

static inline bool
header_end_found(const struct header_end *e)
{
	return e->matched == 4;
}

/* How many octets at the front of s are of the header, its blank line
 * included. To be called until it is found. */
static inline size_t
header_end_find(struct header_end *e, struct str s)
{
	size_t i = 0;

	while (i < s.n && e->matched < 4) {
		if (s.p[i] == (e->matched % 2 == 0 ? '\r' : '\n'))
			e->matched++;
		else
			e->matched = s.p[i] == '\r';
		i++;
	}
	return i;
}
