/*
 * hold.h - what waits because the operator says so: holds of a destination, of
 * a sender, of a recipient, and what became of time meanwhile.
 */
#pragma once
#include "store/queue/queue_int.h"

/* Is there any at all? Once there was one, each is looked for: 1, or 0. */
int hold_any(struct engine *e, struct err *err);

/* A hold that means this recipient of a message from `sender`. The writer's.
 * 1, or 0: none. Strs live in the engine's arena. */
struct hold {
	uint32_t kind;		/* HOLD_* */
	struct str what, reason;
};
int hold_of(struct engine *e, struct str sender, struct str rcpt,
    struct str domain, struct hold *out, struct err *err);
/* "a hold of the destination example.net: their server moves" */
struct str hold_words(struct arena *a, const struct hold *h);

/* "destination", "sender", "recipient" */
const char *hold_kind_name(uint32_t kind);
/* "@a.domain" of an address. */
static inline struct str
hold_domain(struct str address)
{
	return str_from(address, str_rchr(address, '@'));
}

/* For so long it has been held, if it is. */
static inline int64_t
hold_lasts(const struct engine *e, const struct queued *q)
{
	return q->state == ROW_held && q->held_at > 0 &&
	    q->held_at < e->now_s ? e->now_s - q->held_at : 0;
}

/* q waits no more for now, with or without a hold; and again. Each is told of
 * where it has to be: dispatch, and the journal. */
int hold_row(struct engine *e, const struct queued *q, bool by_hand,
    struct str why, struct err *err);
int hold_let_go(struct engine *e, const struct queued *q, struct str why,
    struct err *err);

/* A slice of what holds that begin or end have yet to do, of this one or
 * (kind 0) of any; done: recipients so far. 1: there is more. */
int hold_walk(struct engine *e, uint32_t kind, struct str what,
    uint64_t *done, struct err *err);
/* upkeep: is there any to do which no command is at work on? */
bool hold_is_due(struct engine *e, struct err *err);
