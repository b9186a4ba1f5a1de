/*
 * reports_due.h - messages whose sender is to be told something.
 *
 * In memory, of the loop's thread. One that has recipients under way waits up
 * to 30 seconds for them, so that one report tells of all. Only so many are
 * kept here; of the others it is remembered that there are some, and they are
 * found in the database again.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct reports_due;

struct reports_due *reports_due_new(void);
void reports_due_free(struct reports_due *p);

/* There is something. busy: some of it is under way. */
void reports_due_add(struct reports_due *p, uint64_t message, bool busy,
    int64_t now);
/* Nothing of it is under way any more. */
void reports_due_quiet(struct reports_due *p, uint64_t message);
/* The next one that may be reported on now; 0: none. It is `taken` until one
 * of the following two. */
uint64_t reports_due_take(struct reports_due *p, int64_t now);
/* All was told (but what came meanwhile, or if more is set). */
void reports_due_done(struct reports_due *p, uint64_t message, bool more,
    int64_t now);
/* It was not: again in a while. */
void reports_due_failed(struct reports_due *p, uint64_t message, int64_t now);
/* The clock jumped back: nobody waits longer for that. */
void reports_due_pull_in(struct reports_due *p, int64_t now);
/* When reports_due_take() is next worth it; INT64_MAX: never. */
int64_t reports_due_next(const struct reports_due *p);

/* Were some not kept, and is there room now? Then add those above *after that
 * the database has and say whether these were all. */
bool reports_due_wants_more(const struct reports_due *p, uint64_t *after);
void reports_due_loaded(struct reports_due *p, uint64_t last, bool all);
bool reports_due_is_full(const struct reports_due *p);
