/*
 * delivered_ledger.h - recipients that have been delivered to, while store
 * still believes they have not.
 *
 * A server has said 250, and store ended before it could be told: its
 * successor hands the message out again. What is in the ledger is not sent
 * twice. Bounded, and kept for an hour: the message comes back at once or
 * never.
 */
#pragma once
#include "store/messages.h"

struct delivered_ledger;

/* Names one recipient of one message. */
struct delivered_id {
	uint64_t message;
	uint64_t rcpt;
};
struct delivered_id delivered_id(const struct queue_item *item,
    const struct queue_rcpt *rcpt);

struct delivered_ledger *delivered_ledger_new(void);
void delivered_ledger_free(struct delivered_ledger *l); /* NULL is fine */

void delivered_ledger_add(struct delivered_ledger *l, struct delivered_id id,
    const struct queue_result *result, int64_t now_ms);
/* True if it was there, with its result; it is forgotten then. The strs of the
 * result are in the arena. */
bool delivered_ledger_take(struct delivered_ledger *l, struct delivered_id id,
    struct queue_result *result, struct arena *a);
