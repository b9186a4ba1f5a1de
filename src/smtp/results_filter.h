/*
 * results_filter.h - a stranger's text without Authentication-Results that
 * claim to be ours, and without any X-Postern-Verdict: whoever reads the
 * message would believe them.                                  RFC 8601 5
 * And without Require-Recipient-Valid-Since, which is for us unless some of it
 * is passed on (passes_on); what they say is kept.             RFC 7293 5.2
 *
 * The text passes through, cut anywhere: what comes out is the text, behind an
 * empty line if it begins with white space, by which it would go on with the
 * trace field that we put in front. A field is held only while its name may
 * still be that one. Pure.
 */
#pragma once
#include "base/buf.h"

/* Of one field of that name; a longer one goes, whosever it says it is. */
enum { RESULTS_FIELD_MAX = 16 * 1024 };

struct results_filter {
	struct str host;	/* ours; must outlive it */
	enum {			/* what this field is: */
		BEFORE_ALL,	/* none yet */
		FIELD_UNKNOWN,	/* its name has not ended */
		FIELD_OTHER,
		FIELD_RESULTS,	/* held */
		FIELD_DROPPED,
		BODY,
	} state;
	bool line_over;		/* the next octet begins a line */
	bool given;		/* what is held was handed out */
	int name;		/* which it may be */
	size_t matched;		/* octets of it */
	struct buf held;
	struct buf valid_since;	/* whole fields, for smtp/valid_since.h */
	bool passes_on;		/* these stay where they are, too */
};

void results_filter_init(struct results_filter *f, struct str host);
void results_filter_free(struct results_filter *f);

/* As submission_fixup_next() and _rest(). */
must_check bool results_filter_next(struct results_filter *f, struct str *in,
    struct str *out);
must_check bool results_filter_rest(struct results_filter *f,
    struct str *out);
