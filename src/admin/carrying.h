/*
 * carrying.h - a process without rights that carries mail for a command, and
 * what it asks for (carry/messages.h).
 *
 *   carrying_begin() - carrying_run() - carrying_end()
 */
#pragma once
#include "base/vec.h"
#include "carry/carrier.h"

struct carrying;

/* How it went. */
struct carrying_sum {
	struct carrier_finish_ask n;
	char failed[256];
	struct arena *mem;	/* of what follows */
	/* The first of those that could not be taken. */
	struct VEC(struct carrier_problem_ask) problems;
	uint64_t not_kept;
};

/* Make the process; nothing else runs in this one yet. The walls around it are
 * closed when the work begins. 0 or E_*. */
int carrying_begin(struct carrying **c, carrier_work *work, struct err *err);
void carrying_end(struct carrying *c);	/* NULL is fine */

/* Where what it writes goes, if it may; owned by the caller. */
struct export_folder;
void carrying_writes_to(struct carrying *c, struct export_folder *to);

/* Let it work. account: a connection to store, which it gets. feed runs on a
 * fiber and gives it things, one by one; when it returns there are no more,
 * and it has failed with E_*, or not. */
int carrying_run(struct carrying *c, const struct carrier_begin_answer *todo,
    int account, int (*feed)(struct carrying *c, void *arg, struct err *err),
    void *arg, struct err *err);
/* Of feed: waits until it is asked for. fd (may be -1) stays the caller's. */
int carrying_give(struct carrying *c, const struct carrier_next_answer *item,
    int fd, struct err *err);
/* Something that not even the process could be given. */
void carrying_problem(struct carrying *c, struct str what, const char *why);
const struct carrying_sum *carrying_sum(const struct carrying *c);
/* They are printed: lines on stderr. */
void carrying_print_problems(const struct carrying *c);
/* The members of an object of JSON that say all of this. */
void carrying_print_json(const struct carrying *c, const char *taken);
