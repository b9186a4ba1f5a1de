/*
 * policy.h - what store keeps about mail of strangers: rules.c, weigh.c.
 */
#pragma once
#include "store/policy/memory.h"

/* Which rule fits these best: its fields in *out, whose strs are in the arena;
 * nothing is written if none does. */
int rules_find(struct sql *q, struct arena *a, const struct weigh_ask *ask,
    struct weigh_answer *out, struct err *err);

/* What mx says of a message, for the report of its domain: is it that? */
bool dmarc_seen_take(struct str octets, struct dmarc_seen *s);
/* Counted; the writer's, in its transaction. */
int dmarc_count(struct engine *e, const struct dmarc_seen *s, struct err *err);
/* The report has gone, or comes again in later_s while it is kept. */
int aggregate_forget(struct engine *e, const struct aggregate_name *name,
    uint32_t later_s, struct err *err);

/* A message was taken, of mx or of an account: from now on who sent it is
 * known, and whom it went to. */
int policy_remember(struct engine *e, const struct write *w,
    const struct recipient *const *rcpt, size_t n, struct err *err);
