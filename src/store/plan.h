/*
 * plan.h - which destination may have a batch of its mail next.
 *
 * In memory, of the loop's thread: for each destination with mail in the
 * queue, when something of it is due, whether it is blocked because none of
 * its hosts could be reached, how many batches of it are under way, and how
 * many messages it had this minute. Some 100 octets for each that waits. What
 * exactly is due is in the database; the plan is built from it at the start
 * and kept up by what each commit tells.
 *
 * Times are microseconds since 1970.
 */
#pragma once
#include "store/engine.h"

struct plan;
enum { PLAN_LANES = 2 };	/* waits, fresh */

/* What a destination has while something of it is under way. */
struct plan_busy {
	struct queue_place at[PLAN_LANES];	/* all before is under way */
	int64_t next[PLAN_LANES];	/* when what follows is due */
	int64_t window;			/* the present minute began */
	uint32_t sent;			/* messages in it */
	uint32_t batches, turn;
};

struct destination {
	struct destination *next;	/* of its bucket */
	struct plan_busy *busy;
	int64_t due;			/* INT64_MAX: nothing */
	int64_t blocked;		/* until then; 0 */
	uint32_t slot;			/* in the heap; 0: not there */
	uint8_t failures;		/* in a row */
	uint8_t again;			/* the operator wants it tried now */
	uint8_t name_n;
	char name[];
};

struct plan *plan_new(uint64_t seed);
void plan_free(struct plan *p);
void plan_settings(struct plan *p, const struct queue_settings *o);
size_t plan_destinations(const struct plan *p);

/* Something is due then (or the destination may be tried now). */
void plan_news(struct plan *p, const struct queue_news *n);

/* The destination whose turn it is, with its `busy`; NULL: none at `now`.
 * The caller looks what is due, moves busy->at and busy->next, and says so
 * with plan_served(); items: messages in the batch, none is fine. */
struct destination *plan_take(struct plan *p, int64_t now);
void plan_served(struct plan *p, struct destination *d, size_t items,
    int64_t now);
/* How many messages the batch may have. */
size_t plan_room(const struct plan *p, const struct destination *d,
    size_t most);
/* When plan_take() is next worth it; INT64_MAX: never. */
int64_t plan_next(const struct plan *p);

/* A batch ended. lost: something of it is due as before. */
void plan_ended(struct plan *p, struct destination *d, bool lost,
    int64_t now);
/* No host of it could be reached; or one could. */
void plan_down(struct plan *p, struct destination *d, int64_t now);
void plan_up(struct plan *p, struct destination *d);
/* Until when nothing of it is tried because it was down; 0: no such thing.
 * Other threads may ask. */
int64_t plan_blocked(void *plan, struct str domain);
