/*
 * queue_hold.h - holds of postern queue: of a destination, a sender, a
 * recipient; for what waits and what comes.
 */
#pragma once
#include "admin/operator.h"

/* Do these options name one, and nothing else? */
bool queue_names_hold(const struct options *o, bool ids);

/* postern queue hold, with such options. */
int queue_hold_put(struct admin *a, struct operator *op,
    const struct options *o, struct err *err);
/* postern queue release. Of --sender alone without a hold: 1, and nothing was
 * done. */
int queue_hold_end(struct admin *a, struct operator *op,
    const struct options *o, struct err *err);
/* postern queue held. */
int queue_hold_list(struct admin *a, struct operator *op,
    const struct options *o, struct err *err);

/* "a hold of the destination example.net, by root: why" for each that means
 * this row, "; " between; empty: none does. */
struct queue_holds;
int queue_holds_load(struct admin *a, struct operator *op,
    struct queue_holds **out, struct err *err);
struct str queue_holds_of(const struct queue_holds *h, struct arena *a,
    const struct queue_row *row);
