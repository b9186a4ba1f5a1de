/*
 * report.h - results on their way to store.
 *
 * Gathered from all deliveries and sent in batches: one STORE_report is under
 * way at a time, and what comes meanwhile goes with the next. Results belong
 * to the connection that their lease came over (store_generation()): when that
 * is gone, store has made the work due again. Then what was delivered is
 * remembered in the ledger, so that it is not sent twice, and the rest is
 * dropped.
 */
#pragma once
#include "relay/delivered_ledger.h"
#include "store/client.h"

struct reports;

struct reports *reports_new(struct loop *l, struct store *st);
void reports_free(struct reports *r); /* NULL is fine */

/* Never suspends. Texts longer than their bound are cut. */
void reports_add(struct reports *r, uint64_t generation, struct delivered_id id,
    const struct queue_result *result);
/* True if it was delivered under a lease that is gone: *result is to be added
 * under the new one. Its strs are in the arena. */
bool reports_delivered(struct reports *r, struct delivered_id id,
    struct queue_result *result, struct arena *a);
/* Nothing more will come of this lease: told to store after the results that
 * were added before. */
void reports_release(struct reports *r, uint64_t generation, uint64_t lease);
/* Suspends while too many results wait (10,000). 0 or E_CANCELED. */
int reports_room(struct reports *r);
size_t reports_waiting(const struct reports *r);
