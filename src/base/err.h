/*
 * err.h - how a function says that we failed.
 *
 * A function that can fail returns 0 (or a count) or a negative E_* and fills
 * struct err where it happens: `return err_sys(err, E_IO, "fsync %s", path);`.
 * Callers pass it up. What the peer did wrong is an ordinary reply and no err;
 * what we did wrong is bug().
 */
#pragma once
#include "base/attr.h"

enum {
	E_OK = 0,
	E_CANCELED = -1,	/* the fiber was told to stop */
	E_TIMEOUT = -2,		/* the deadline passed */
	E_CLOSED = -3,		/* the other end closed in good order */
	E_PEER = -4,		/* we lost one of our own roles: try again */
	E_IO = -5,		/* disk, socket, SQL */
	E_FULL = -6,		/* no room: disk, quota */
	E_LIMIT = -7,		/* over a bound of ours */
	E_PROTO = -8,		/* malformed; the text says what */
	E_NOTFOUND = -9,
	E_EXISTS = -10,
	E_DENIED = -11,		/* the authority does not allow it */
	E_BUSY = -12,		/* try again in a moment */
	E_INVALID = -13,	/* well formed, but makes no sense */
	E_TLS = -14,
	E_AGAIN = -15,		/* would block; never seen by dialogues */
	E_STALE = -16,		/* fenced off: somebody else owns this now */
	E_RESET = -17,		/* the other end threw the connection away */
	E_DAMAGED = -18,	/* the disk gives back something else than was
				 * written: asking again is no use */
	E_FACTOR = -19,		/* the password is theirs, and does not do
				 * alone: they have a second factor */
	E_NORIGHT = -20,	/* the mailbox is somebody else's, who lets
				 * them do other things with it, or none */
	E_RATE = -21,		/* too much of late: the text says of what, and
				 * when again, in words for the person */
};

struct err {
	int code;
	char text[228];
};

/* Fill *err (may be NULL) and return code. */
int err_set(struct err *err, int code, const char *fmt, ...)
    printf_like(3, 4);

/* The same, with ": " and the text of errno behind. */
int err_sys(struct err *err, int code, const char *fmt, ...)
    printf_like(3, 4);

/* The short name of an E_* code, for logs: "timeout". */
const char *err_name(int code);

/* We are wrong: say where and end the process. */
#define bug(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
#define bug_if(cond)                                \
	do {                                        \
		if (__builtin_expect(!!(cond), 0)) \
			bug("%s", #cond);           \
	} while (0)
no_return void bug_at(const char *file, int line, const char *fmt, ...)
    printf_like(3, 4);
