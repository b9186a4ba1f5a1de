/*
 * search.h - the messages of a mailbox that match conditions.
 *
 * Store judges by rows, page by page (store/search.h); the messages that it
 * cannot judge are read here (mail/matching.h), by whoever searches, who reads
 * only mail of his own.
 */
#pragma once
#include "base/vec.h"
#include "mail/view.h"
#include "store/search.h"

/* Runs that a result holds; beyond them it is E_LIMIT. */
enum { SEARCH_RUNS_MAX = 1 << 20 };

struct search_result {
	struct VEC(struct search_run) runs; /* ascending, none unknown */
	uint32_t n;		/* messages */
	/* Of a search that is fuzzy: how well each of them matches
	 * (matching_score()); of those that only their rows were asked of:
	 * 100. */
	bool scored;
	struct VEC(uint8_t) scores;
	uint64_t highest;	/* modseq of one of them */
};

/* All messages of the view that match; suspends. A message that cannot be read
 * (it is damaged, or has gone) matches nothing but what its row says. 0 or
 * E_*; the caller frees the result in any case. */
int search_mailbox(struct mailbox_view *v, const struct condition *c,
    struct search_result *out, struct err *err);
void search_result_free(struct search_result *r);
