/*
 * queue_edit.h - postern queue edit and expire: one message that waits is
 * another one, or is given up.
 */
#pragma once
#include "admin/operator.h"

/* Who asks, for the journal: "alice", "alice (sudo)". */
struct str queue_who(struct arena *a);
int queue_edit(struct admin *a, struct operator *op, const struct options *o,
    const char *id, struct err *err);
int queue_expire(struct admin *a, struct operator *op,
    const struct options *o, char **ids, int n, struct err *err);
