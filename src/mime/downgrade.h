/*
 * downgrade.h - a message for those who do not take all octets: its parts are
 * encoded anew, one by one.                RFC 2045 6, RFC 3030 3, RFC 6152 3
 *
 * To 7 bits for a server without 8BITMIME; to lines of 8 bits for whoever holds
 * a message that came as BINARYMIME. What a part says stays the same octet for
 * octet once it is decoded; what encodes already, or needs nothing, is copied.
 * Text becomes quoted-printable unless much of it would be quoted, all else
 * base64. In a multipart/signed or multipart/encrypted nothing is touched.
 *
 * One pass, cut anywhere, and the result does not depend on that: so whoever
 * signs it and whoever sends it make the same. Of a part no more than
 * DOWNGRADE_WINDOW octets are held, and what they are made of decides. A text
 * that is longer is encoded even if no octet needs it, as that changes nothing.
 *
 * What cannot be, is a fault: where octets stand that no encoding reaches (a
 * header, what is between parts, a part that says it has none of them), where a
 * signature of its header would break (to 7 bits only: who takes in binary has
 * verified it first), or beyond the bounds of mime/facts.h.
 */
#pragma once
#include "base/str.h"

enum { DOWNGRADE_WINDOW = 16 * 1024 };

enum downgrade_to {
	DOWNGRADE_7BIT,
	DOWNGRADE_8BIT,	/* parts that say "binary", and no others */
};

enum downgrade_fault {
	DOWNGRADE_FINE,
	DOWNGRADE_SIGNED,	/* by somebody: it would break */
	DOWNGRADE_HIGH,		/* an octet beyond ASCII that has to stay */
	DOWNGRADE_NUL,
	DOWNGRADE_BARE,		/* CR or LF that is no line end */
	DOWNGRADE_LONG_LINE,
	DOWNGRADE_BOUNDS,	/* too long a header, too deep, too many */
};

struct downgrade_options {
	enum downgrade_to to;
	size_t line_max;	/* of lines that are not encoded; 0: any */
	/* Where it goes, in pieces: 0, or an error that ends all. May
	 * suspend. */
	int (*out)(void *arg, struct str octets);
	void *arg;
};

struct downgrade;

struct downgrade *downgrade_new(const struct downgrade_options *o);
/* 0; E_INVALID: there is a fault; else what out() said. From then on it is
 * always the same, and nothing comes out. */
int downgrade_feed(struct downgrade *d, struct str octets);
/* That was all; once. What is still held comes out. */
int downgrade_end(struct downgrade *d);
enum downgrade_fault downgrade_fault(const struct downgrade *d);
/* "the message is signed": for people. */
const char *downgrade_words(enum downgrade_fault fault);
/* Is anything not as it came? */
bool downgrade_changed(const struct downgrade *d);
void downgrade_free(struct downgrade *d);	/* NULL is fine */
