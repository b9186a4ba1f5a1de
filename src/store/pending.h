/*
 * pending.h - messages whose sender is to be told something.
 *
 * In memory, of the loop's thread. One that has recipients under way waits up
 * to 30 seconds for them, so that one report tells of all. Only so many are
 * kept here; of the others it is remembered that there are some, and they are
 * found in the database again.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct pending;

struct pending *pending_new(void);
void pending_free(struct pending *p);

/* There is something. busy: some of it is under way. */
void pending_add(struct pending *p, uint64_t message, bool busy, int64_t now);
/* Nothing of it is under way any more. */
void pending_quiet(struct pending *p, uint64_t message);
/* The next one that may be reported on now; 0: none. It is `taken` until one
 * of the following two. */
uint64_t pending_take(struct pending *p, int64_t now);
/* All was told (but what came meanwhile, or if more is set). */
void pending_done(struct pending *p, uint64_t message, bool more,
    int64_t now);
/* It was not: again in a while. */
void pending_failed(struct pending *p, uint64_t message, int64_t now);
/* When pending_take() is next worth it; INT64_MAX: never. */
int64_t pending_next(const struct pending *p);

/* Were some not kept, and is there room now? Then add those above *after that
 * the database has and say whether these were all. */
bool pending_wants_more(const struct pending *p, uint64_t *after);
void pending_loaded(struct pending *p, uint64_t last, bool all);
bool pending_is_full(const struct pending *p);
