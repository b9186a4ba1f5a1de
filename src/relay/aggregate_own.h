/*
 * aggregate_own.h - a report of DMARC about a domain of ours, which nobody has
 * to read from a message: its rows as those of others are kept
 * (store/messages_feedback.h).
 */
#pragma once
#include "relay/aggregate_xml.h"
#include "store/client.h"

struct aggregate_own {
	struct buf rows;	/* cap FEEDBACK_ROWS_OCTETS */
	uint32_t nrows;
	uint64_t good, bad, rest;
};

/* This is true of n messages. */
void aggregate_own_row(struct aggregate_own *own, const struct dmarc_row *row,
    uint64_t n);
/* That is all of it. E_NOTFOUND: the domain is none of ours. */
int aggregate_own_tell(const struct aggregate_own *own,
    const struct aggregate_head *head, struct store *store, struct arena *a,
    struct err *err);
