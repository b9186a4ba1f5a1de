/*
 * pace.h - octets that come until an end, or as many as somebody announced: one
 * now and then does not hold us for ever.
 */
#pragma once
#include "rt/stream.h"

struct pace {
	struct loop *loop;
	int64_t span_ms, end_ms, over_ms; /* of a span; of this; of all */
	uint64_t least, left;	/* octets of a span; still to come in this */
};

/* In each span so many octets a second on average, at least one; all of them
 * in time_s, 0 is any. */
void pace_begin(struct pace *p, struct loop *l, uint32_t span_s,
    uint32_t rate, uint32_t time_s);
/* The span begins anew: other limits held meanwhile, or it was our turn. */
void pace_resume(struct pace *p);
/* stream_peek() at this pace: who is too slow is E_TIMEOUT. */
int pace_peek(const struct pace *p, struct stream *stream, struct str *octets,
    struct err *err);
/* So many of them were taken. */
void pace_count(struct pace *p, size_t octets);
