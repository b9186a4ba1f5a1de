/*
 * submission_fixup.h - the header of a message as it is submitted: what it
 * lacks is added, what is nobody's business leaves, and who it says wrote it
 * comes out.                               RFC 6409 8, RFC 5322 3.6, RFC 8601 5
 *
 * The text passes through: feed it in, what comes out is the text. Its header
 * is held back until it is complete. Pure.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

struct submission_fixup;

enum {
	SUBMISSION_HEADER_MAX = 1 << 20, /* 2,000 recipients in To */
	SUBMISSION_PEOPLE_MAX = 100,	/* in From and Sender */
};

struct submission_fixup_options {
	struct str hostname;	/* these are copied into the arena */
	struct str id;		/* unique: before the "@" of a Message-ID */
	struct str sender;	/* an address, for a From or Sender that is
				 * missing; may be empty */
	int64_t at;		/* now */
	bool all_here;		/* nobody elsewhere gets it: what is for the
				 * last server goes (RFC 7293 5.2) */
};

/* The header is one that cannot go out. */
enum submission_fault {
	HEADER_FINE,
	HEADER_TOO_BIG,		/* nothing of the text comes out */
	HEADER_TWO_FROMS,
	HEADER_TWO_SENDERS,
	HEADER_NOBODY,		/* From names no address */
	HEADER_TOO_MANY,	/* over SUBMISSION_PEOPLE_MAX */
	HEADER_FAULT_N
};
/* "More than one From field"; of HEADER_FINE nothing. */
const char *submission_fault_text(enum submission_fault fault);
/* Who wrote it: the addresses of From, and that of Sender. */
struct submission_people {
	enum submission_fault fault;
	struct str *address;
	size_t n;
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
/* Its fields Require-Recipient-Valid-Since as they stood, whether they went or
 * not; empty before the header is complete. */
struct str submission_fixup_valid_since(const struct submission_fixup *t);
/* NULL before the header is complete: look again after each slice, and after
 * the rest. */
const struct submission_people *submission_fixup_people(
    const struct submission_fixup *t);
