/*
 * text.h - octets of a file, by lines; and as a message has them here.
 */
#pragma once
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Octets at any place: how many came, 0 at the end, or E_*. */
struct octets_at {
	ssize_t (*read)(void *arg, uint64_t at, void *p, size_t n,
	    struct err *err);
	void *arg;
};

/* Whoever gets a message, piece by piece. */
struct text_out {
	void (*put)(void *arg, struct str octets);
	void *arg;
};

enum { LINES_BUFFER = 64 * 1024 };

struct lines {
	struct octets_at from;
	uint64_t at;		/* of what the next call gives */
	uint64_t until;		/* no more than up to here */
	size_t have, used;
	bool inside;		/* of a line that was given in part */
	char octets[LINES_BUFFER];
};
void lines_begin(struct lines *l, struct octets_at from, uint64_t at,
    uint64_t until);
/* The next line with its LF, or as much of it as there is room for; *first: it
 * begins here. 1, 0 at the end, or E_*. Good until the next call. */
int lines_next(struct lines *l, struct str *piece, bool *first,
    struct err *err);

/* A line's end is CRLF here, whatever it was; and there is no NUL, which no
 * IMAP client could be given (RFC 3501 4.3.1): 0x80 stands for it. */
struct text_crlf {
	struct text_out out;
	bool cr;		/* the last octet was one */
	uint64_t n;		/* that there are, so far */
	size_t kept;		/* of them, which were not put yet */
	char octets[8192];
};
void text_crlf_begin(struct text_crlf *t, struct text_out out);
void text_crlf_put(struct text_crlf *t, struct str octets);
/* All have come. */
void text_crlf_end(struct text_crlf *t);
