/*
 * lease.h - what of the queue is in whose hands just now.
 *
 * In memory, of the loop's thread; only leases_under_way() may be asked by
 * any. A lease is one message and some of its recipients, given to one
 * connection. A recipient of it is open until it is reported, pending while
 * the writer has the report, and then done; until then nobody else gets it.
 * The lease ends with its last recipient, or when it is given up and nothing
 * of it is pending.
 */
#pragma once
#include "base/list.h"
#include "store/engine/engine.h"

struct leases;
struct destination;

struct batch {
	struct destination *to;
	size_t n;	/* leases of it that did not end */
	bool lost;	/* one ended with nothing reported */
};

enum rcpt_state { RCPT_open, RCPT_pending, RCPT_done };
struct lease {
	uint64_t id, message;
	const void *owner;	/* NULL: given up, or store's own */
	struct list_link link;	/* of its owner's */
	struct batch *batch;	/* NULL: of a report, or store's own */
	bool report;
	bool note;		/* message is the number of one */
	uint32_t nrcpts, left;	/* not done */
	uint32_t npending;
	uint32_t next;	/* that is probably settled */
	struct {
		uint32_t n;
		uint16_t outcome;	/* told in a report */
		uint16_t state;
	} rcpt[];
};

struct leases *leases_new(void);
void leases_free(struct leases *ls);	/* and all that are left */
bool leases_full(const struct leases *ls);

/* random: 48 bits of it become the name. list: the owner's. */
struct lease *lease_make(struct leases *ls, uint64_t random,
    const void *owner, struct list *list, uint64_t message,
    const uint32_t *n, const uint32_t *outcome, size_t count);
/* Only its owner finds it. */
struct lease *lease_find(const struct leases *ls, uint64_t id,
    const void *owner);
/* Its recipient n, if it is open: it is pending now. */
bool lease_report(struct lease *l, uint32_t n);
/* All of them are. */
void lease_report_all(struct lease *l);
/* The writer has answered: done, or open again. */
void lease_settle(struct leases *ls, struct lease *l, uint32_t n, bool done);
/* Its owner has no more to say. */
void lease_give_up(struct lease *l);
bool lease_is_over(const struct lease *l);
/* Frees it; it is over. True: something of it was not done. */
bool lease_end(struct leases *ls, struct lease *l);

/* How many recipients of the message are under way. */
size_t leases_of(const struct leases *ls, uint64_t message);
bool leases_under_way(void *leases, uint64_t message, uint32_t n);
