/*
 * score.h - what was found of a message, each with its points, and what they
 * come to. Pure.
 *
 * One finding alone hardly decides: what does is a rule, a list, or what the
 * domain in From wants (policy.h).
 */
#pragma once
#include "base/buf.h"

enum { FINDINGS_MAX = 32, FINDING_WHY_MAX = 80 };

struct finding {
	struct str word;	/* static, as in doc/judge.md */
	int tenths;		/* of a point; below 0 in its favour */
	struct str why;		/* whose words ever; empty: none */
};
struct findings {
	struct finding row[FINDINGS_MAX];
	size_t n;
};
/* From so many points on; 0: never. */
struct score_bars {
	uint32_t junk, hold, refuse;
};
enum score_act { SCORE_TAKE, SCORE_JUNK, SCORE_HOLD, SCORE_REFUSE };

/* why must live as long as they do, and is cut to FINDING_WHY_MAX. What comes
 * when there are FINDINGS_MAX counts for nothing. */
void findings_add(struct findings *f, const char *word, int tenths,
    struct str why);
int findings_tenths(const struct findings *f);
enum score_act score_act(const struct score_bars *bars, int tenths);

/* " score=4.5 (unproven 1.0, dmarc-fail 2.0: example.org)", of ASCII, in which
 * no why has a comma, a bracket, or " )": for a verdict. None: nothing. */
void findings_put(struct buf *b, const struct findings *f);
/* "-0.5" */
void score_put(struct buf *b, int tenths);
