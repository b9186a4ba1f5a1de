/*
 * encode.h - content transfer encodings, as they are written.     RFC 2045 6
 *
 * Pure; text comes in whatever pieces, and what comes out does not depend on
 * them. No line of quoted-printable or base64 begins with "--".
 */
#pragma once
#include "base/buf.h"

enum encoding {
	ENCODE_7BIT,
	ENCODE_8BIT,	/* what may not be encoded, and needs it */
	ENCODE_QP,
	ENCODE_BASE64,
	ENCODE_N
};
const char *encode_name(enum encoding e);	/* "quoted-printable" */

/* What a content is made of: fed with all of it. Zeros begin. */
struct encode_survey {
	uint64_t octets, quoted; /* that quoted-printable writes as three */
	uint64_t line, longest;	/* octets without the line end */
	bool eight, nul, bare, delimiter;
	char last;
	uint8_t dashes;		/* of "--=_", seen at the start of this line */
};
void encode_look(struct encode_survey *s, struct str octets);
/* What a text needs: 7bit as it stands, else quoted-printable unless much of it
 * would be quoted. */
enum encoding encode_choose(const struct encode_survey *s);
/* May it stand as it is, in 7 or 8 bits: lines of 998 octets that end with
 * CRLF, no NUL?                                            RFC 2045 2.7, 2.8 */
bool encode_is_lines(const struct encode_survey *s);

/* One content after the other: encode_begin(), encode_more()..., encode_end().
 * There is no line end behind the last octet. */
struct encoder {
	enum encoding how;
	size_t column;		/* of this line */
	char space;		/* held back: it may be the last of its line */
	bool cr;
	size_t nheld;
	char held[57];		/* of base64: what makes a line */
	bool begun;
};
void encode_begin(struct encoder *e, enum encoding how);
void encode_more(struct encoder *e, struct buf *out, struct str octets);
void encode_end(struct encoder *e, struct buf *out);
