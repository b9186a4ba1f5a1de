/*
 * filter.h - what the server, and each account by itself, has learned of spam:
 * the writer's, in memory as far as it is used, written with the commit of what
 * taught it.
 *
 * A message is spam by what everybody has taught and its reader has. What
 * cannot be read is as if it had not been learned: mail does not wait for it.
 */
#pragma once
#include "store/engine/weights.h"

struct engine;
struct err;
struct filter;

enum {
	FILTER_EVERYBODY = 0,	/* in the place of an account */
	/* Of spam and of good mail: before that it says nothing. */
	FILTER_LESSONS = 50,
	/* Of an account a day that everybody learns from, and of mail to it:
	 * nobody can spoil it for all. */
	FILTER_SHARED = 500,
};

struct filter *filter_new(void);
void filter_free(struct filter *f);
/* What everybody has taught, for filter_counts(); at the start. */
void filter_begin(struct engine *e);

/* Any thread: lessons of everybody, as of the last commit. */
struct filter_counts {
	uint32_t spam, good;
};
struct filter_counts filter_counts(const struct engine *e);
bool filter_knows(const struct engine *e);

/* Is it, for this account? *score: by how much. */
bool filter_is_spam(struct engine *e, uint64_t account, struct str traits,
    double *score);
/* It is: said by the account, or by the operator (FILTER_EVERYBODY). */
void filter_learn(struct engine *e, uint64_t account, struct str traits,
    bool spam);
/* May everybody learn from one more message to it today? It is counted. */
bool filter_may_hear(struct engine *e, uint64_t account);
/* The account is removed. 0 or E_*. */
int filter_remove(struct engine *e, uint64_t account, struct err *err);

/* What the batch taught, as rows; then it is committed, or undone. */
int filter_write(struct engine *e, struct err *err);
void filter_clean(struct engine *e);
void filter_forget(struct engine *e);
