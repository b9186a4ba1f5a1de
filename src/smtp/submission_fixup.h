/*
 * submission_fixup.h - what submission adds to a message that lacks it: a Date
 * and a Message-ID.                                     RFC 6409 8.2, 8.3
 *
 * The text passes through: feed it in, what comes out is the text. Its header
 * is held back until it is complete. Pure.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

struct submission_fixup;

/* Of a header; a longer one goes on as it is. */
enum { SUBMISSION_FIXUP_MAX = 64 * 1024 };

struct submission_fixup_options {
	struct str hostname;	/* these are copied into the arena */
	struct str id;		/* unique: before the "@" of a Message-ID */
	int64_t at;		/* now */
};

/* The arena must outlive it; submission_fixup_free() is for what is not in
 * there. */
struct submission_fixup *submission_fixup_new(struct arena *a,
    const struct submission_fixup_options *o);
void submission_fixup_free(struct submission_fixup *t); /* NULL is fine */

/* Take octets from the front of *in. True with the next slice of the text in
 * *out, good until the next call and never empty; false when *in is used up.
 * An empty *in gets nothing. */
must_check bool submission_fixup_next(struct submission_fixup *t,
    struct str *in, struct str *out);
/* The text is over: what was still held comes out, a slice at a time. */
must_check bool submission_fixup_rest(struct submission_fixup *t,
    struct str *out);
