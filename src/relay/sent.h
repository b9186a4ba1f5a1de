/*
 * sent.h - who has had a message that store still takes for unsent.
 *
 * A server has said 250, and store went before it could be told: its successor
 * hands the message out again. Who remembers does not send it twice. Bounded,
 * and for an hour: the message comes back at once or never.
 */
#pragma once
#include "store/messages.h"

struct sent;

/* Names one recipient of one message; two of these are not of one number. */
struct sent_id {
	uint64_t message;
	uint64_t rcpt;
};
struct sent_id sent_id(const struct queue_item *item,
    const struct queue_rcpt *rcpt);

struct sent *sent_new(void);
void sent_free(struct sent *s); /* NULL is fine */

void sent_add(struct sent *s, struct sent_id id,
    const struct queue_result *result, int64_t now_ms);
/* True, and forgotten: this became of it. Its strs are in the arena. */
bool sent_take(struct sent *s, struct sent_id id, struct queue_result *result,
    struct arena *a);
