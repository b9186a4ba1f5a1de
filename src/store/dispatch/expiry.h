/*
 * expiry.h - finding what has waited too long.
 *
 * Numbers of messages grow with time, so two cursors in memory walk behind
 * the clock: one finds recipients to be given up, also when their destination
 * was never reached; the other those whose sender is to be told of a delay.
 * Each looks only at what has just become old enough, and from time to time at
 * everything old again: what was under way or held when it came by. A third
 * walks along the times that senders ask for (RFC 2852), in their order, and a
 * fourth along those that the operator says.
 *
 * Of the loop's thread. Times are microseconds since 1970.
 */
#pragma once
#include "store/engine/engine.h"

struct expiry;

struct expiry_use {
	struct reader *reader;
	/* Strs are good during the call. delayed: or late. */
	void (*expired)(void *arg, const struct queue_waiting *w, size_t n);
	void (*delayed)(void *arg, uint64_t message);
	/* What came then, or before, is so old: engine_since(). */
	int64_t (*since)(void *arg, int64_t age_s);
	/* Is there room for more of these? */
	bool (*room)(void *arg, enum queue_walk what);
	void *arg;
	struct log *log;	/* NULL: none */
};

struct expiry *expiry_new(const struct expiry_use *use);
void expiry_free(struct expiry *w);
/* From now on; everything is looked at again. */
void expiry_settings(struct expiry *w, const struct queue_settings *o);
/* The clock jumped: the same. */
void expiry_again(struct expiry *w);
/* Something is to be there by then, or to be given up. */
void expiry_by(struct expiry *w, int64_t due);
/* A slice, if it is time. When it is time again. */
int64_t expiry_run(struct expiry *w, int64_t now);
