/*
 * weights.h - what every trait of a message says of it: logistic regression,
 * learned lesson by lesson. Pure.
 *
 * A score is the logarithm of odds: 0 may be either, 2 is spam by 7 to 1. Of
 * several weights the scores are added.
 */
#pragma once
#include "store/messages.h"

struct weights {
	uint32_t spam, good;	/* lessons there were */
	int16_t of[TRAIT_KINDS]; /* 1024 is one */
};

/* Are they as messages_policy.h has them? One that is there very often would
 * weigh as much as whoever sends it wants, and more than lessons can undo. */
bool traits_are_in_order(struct str traits);
/* None are 0. */
double weights_score(const struct weights *w, struct str traits);
/* A message that had this score together with whatever else was added to it is
 * spam, or good: this one takes that share of what is to be learned. False: it
 * was known well enough, and nothing but the count of lessons is changed. */
bool weights_learn(struct weights *w, struct str traits, bool spam,
    double score, double share);
