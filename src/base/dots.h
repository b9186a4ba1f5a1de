/*
 * dots.h - a text in lines, up to a line that is one dot.
 *                                             RFC 5321 4.5.2, RFC 1939 3
 *
 * Pure and without copies: feed it the text as it comes, cut anywhere, and
 * send the slices that it gives.
 *
 *   while (dots_next(&d, &octets, &slice))
 *           send(slice);
 *   ...
 *   send(dots_end(&d));
 *
 * A dot is doubled behind any LF: no reading of line ends finds an end of the
 * text that was not meant.
 */
#pragma once
#include "base/str.h"

struct dots {
	char tail[2];		/* the octets before what comes next */
	bool doubled;		/* the dot that comes next has had its own */
};
#define DOTS_INIT ((struct dots){ { '\r', '\n' }, false })

/* Take octets off the front of *in: true with the next slice to send, which is
 * never empty; false when *in is used up. */
must_check bool dots_next(struct dots *d, struct str *in, struct str *out);
/* What ends the text: the CRLF of its last line if that has none, or only half
 * of it, and the dot. */
struct str dots_end(const struct dots *d);
