/*
 * crlf.h - text as local programs write it, as lines that end with CRLF.
 *
 * LF ends a line, and CRs in front of it. A CR elsewhere becomes a space (it
 * must not end a line for anybody who reads the message later), NUL goes
 * away, the last line gets its end. Pure.
 */
#pragma once
#include "base/buf.h"

struct crlf {
	bool dot_ends;		/* a line with a dot alone is the end */
	bool done;		/* it was there */
	size_t column;		/* octets in this line */
	size_t crs;		/* CRs that wait for what comes */
	bool dot;		/* the line is a dot so far */
};

/* Append what octets become; nothing behind the end. */
void crlf_feed(struct crlf *c, struct str octets, struct buf *out);
void crlf_finish(struct crlf *c, struct buf *out);

/* Where the header of a text ends: *header are its octets, *body where the
 * body begins (behind the blank line, or at the first line that is no field).
 * False: that cannot be said before more comes. last: nothing will. A first
 * line "From somebody ..." of an mbox is passed over: *from are its octets. */
must_check bool crlf_header(struct str text, bool last, size_t *from,
    size_t *header, size_t *body);
