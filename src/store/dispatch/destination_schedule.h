/*
 * destination_schedule.h - which destination may have a batch of its mail next.
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
#include "store/engine/engine.h"

struct schedule;
enum { PLAN_LANES = 2 };	/* waits, fresh */

/* What a destination has while something of it is under way. */
struct schedule_busy {
	struct queue_place at[PLAN_LANES];	/* all before is under way */
	int64_t next[PLAN_LANES];	/* when what follows is due */
	int64_t window;			/* the present minute began */
	uint32_t sent;			/* messages in it */
	uint32_t batches, turn;
};

struct destination {
	struct destination *next;	/* of its bucket */
	struct schedule_busy *busy;
	int64_t due;			/* INT64_MAX: nothing */
	int64_t blocked;		/* until then; 0 */
	uint32_t slot;			/* in the heap; 0: not there */
	uint8_t failures;		/* in a row */
	uint8_t again;			/* the operator wants it tried now */
	uint8_t name_n;
	char name[];
};

struct schedule *schedule_new(uint64_t seed);
void schedule_free(struct schedule *p);
void schedule_settings(struct schedule *p, const struct queue_settings *o);
size_t schedule_destinations(const struct schedule *p);

/* Something is due then (or the destination may be tried now). */
void schedule_news(struct schedule *p, const struct queue_news *n);

/* The destination whose turn it is, with its `busy`; NULL: none at `now`.
 * The caller looks what is due, moves busy->at and busy->next, and says so
 * with schedule_served(); items: messages in the batch, none is fine. */
struct destination *schedule_take(struct schedule *p, int64_t now);
void schedule_served(struct schedule *p, struct destination *d, size_t items,
    int64_t now);
/* How many messages the batch may have. */
size_t schedule_room(const struct schedule *p, const struct destination *d,
    size_t most);
/* When schedule_take() is next worth it; INT64_MAX: never. */
int64_t schedule_next(const struct schedule *p);

/* A batch ended. lost: something of it is due as before. */
void schedule_ended(struct schedule *p, struct destination *d, bool lost,
    int64_t now);
/* No host of it could be reached; or one could. */
void schedule_down(struct schedule *p, struct destination *d, int64_t now);
void schedule_up(struct schedule *p, struct destination *d);
/* The clock jumped back: all destinations are looked at again, and none is
 * left alone for longer than one that has just been found down. */
void schedule_pull_in(struct schedule *p, int64_t now);
/* Until when nothing of it is tried because it was down; 0: no such thing.
 * Other threads may ask. */
int64_t schedule_blocked(void *plan, struct str domain);
