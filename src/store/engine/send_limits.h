/*
 * send_limits.h - how much each account may hand in, and has lately
 * (store/messages_limits.h).
 *
 * Each count leaks: who may do something n times a day may do it n times at
 * once, and then one by one as the day goes by. So a count is one number, the
 * moment at which nothing of it is left, and there is nothing to be cleared at
 * midnight. It is one row for all counts of an account, written in the commit
 * that takes what is counted, once for all of a batch.
 */
#pragma once
#include "store/engine/engine_int.h"

struct send_limits_state {
	uint64_t own[SEND_LIMIT_KINDS];	/* 0: what the option says */
	int64_t until_us[SEND_LIMIT_COUNTS];	/* since 1970 */
	int64_t stopped;	/* since then, seconds; 0: it is not */
	uint32_t why;		/* by this limit, */
	uint64_t most;		/* of so many */
};

/* One for each account that was needed since the start. */
struct send_limits {
	uint64_t account;
	/* The writer's: as this batch leaves them. */
	struct send_limits_state is;
	bool known;
	struct list_link dirty;
	/* As of the last commit, under engine.quota_lock: of any thread. */
	bool published;
	struct send_limits_state was;
};

int send_limits_get(struct engine *e, uint64_t account,
    struct send_limits **out, struct err *err);
void send_limits_touch(struct engine *e, struct send_limits *l);

/* What somebody is about to hand in, by enum send_limit. */
struct send_limits_use {
	uint64_t n[SEND_LIMIT_COUNTS];
};
/* 0, or E_RATE, with words: the account is stopped, or that is above a limit,
 * which is in *which then; SEND_LIMIT_KINDS where it is stopped. */
int send_limits_allow(const struct engine *e, const struct send_limits_state *s,
    const struct send_limits_use *use, int64_t now_us, enum send_limit *which,
    struct err *err);
void send_limits_count(const struct engine *e, struct send_limits *l,
    const struct send_limits_use *use, int64_t now_us);
/* Is who comes to that something else than in a hurry? */
bool limit_stops(enum send_limit which);
/* That holds for the account; 0: any. */
uint64_t send_limits_most(const struct engine *e,
    const struct send_limits_state *s, enum send_limit which);
/* So much of it is used now. */
uint64_t send_limits_used(const struct engine *e,
    const struct send_limits_state *s, enum send_limit which, int64_t now_us);

/* RCPT, before there is a message: as of the last commit. 0, with the answer's
 * most_octets; E_RATE; 1: nobody knows it without SQL. Any thread. */
int send_limits_known(struct engine *e, const struct caller *c,
    const struct rcpt_ask *ask, struct rcpt_answer *answer, struct err *err);
/* And in any case. */
int reader_limits(struct reader *r, const struct caller *c,
    const struct rcpt_ask *ask, struct rcpt_answer *answer, struct err *err);
/* As SQL has them. */
int send_limits_read(struct sql *q, uint64_t account,
    struct send_limits_state *out, struct err *err);

/* With quota_write() and its like. */
int send_limits_write(struct engine *e, struct err *err);
void send_limits_clean(struct engine *e);
void send_limits_forget(struct engine *e);
void send_limits_free(struct engine *e);
/* Its rows go. */
int send_limits_drop(struct engine *e, uint64_t account, struct err *err);
