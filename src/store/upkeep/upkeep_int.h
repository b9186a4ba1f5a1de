/*
 * upkeep_int.h - what the parts of cleaning up share: the writer's.
 */
#pragma once
#include <stdarg.h>

#include "store/engine/engine_int.h"

/* What leaves later and is due, before all cleaning. */
int later_slice(struct engine *e, bool *more, struct err *err);
/* holding.c: what holds have yet to do, the same. */
int holding_slice(struct engine *e, bool *more, struct err *err);
/* And the queues of accounts that may send nothing, or may again. */
int stopped_queues_slice(struct engine *e, bool *more, struct err *err);

/* A slice of gc.c, empty.c, tombstones.c, conversations.c, compact.c or
 * shrink.c, between two batches; *more if there is another one to do now.
 * Negative: the end of the process. */
int gc_slice(struct engine *e, bool *more, struct err *err);
int empty_slice(struct engine *e, bool *more, struct err *err);
int tombstones_slice(struct engine *e, bool *more, struct err *err);
int conversations_slice(struct engine *e, struct err *err);
int compact_slice(struct engine *e, bool *more, struct err *err);
int shrink_slice(struct engine *e, bool *more, struct err *err);

/* old_held.c, in gc_slice(): one held message less that is too old, or of an
 * account that was removed: 1; 0: there is none. */
int old_held_drop(struct engine *e, struct err *err);
int old_held_of(struct engine *e, uint64_t account, struct err *err);
/* Some people with held mail that they were not told of are told, once a day
 * each: 1 if there are more. */
int old_held_tell(struct engine *e, struct err *err);

enum { PAUSE_S = 600 };

/* A line of an answer to people, of at most so many octets (under
 * UPKEEP_LINE_MAX); what is longer is cut. */
enum { UPKEEP_LINE_MAX = 500 };
void upkeep_line(struct buf *b, size_t most, const char *fmt, va_list ap)
    printf_like(3, 0);

/* What is damaged here is nobody's mail: they go on without cleaning, for a
 * while. Says 0. */
int upkeep_pause(struct engine *e, const struct err *why);
/* The end of a slice, which has come to rc: its commit if anything changed
 * since sql_changes() was `before`, else nothing of it. Damage and a disk that
 * fails pause. */
int upkeep_finish(struct engine *e, int before, int rc, struct err *err);
