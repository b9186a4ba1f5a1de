/*
 * assign.h - the queue on the service's loop: who waits for work, what he
 * gets, what he has, and what becomes of it.
 *
 * Everything here is of the loop's thread.
 */
#pragma once
#include "store/service_int.h"

struct assign;

int assign_new(struct service *s, struct assign **a, struct err *err);
void assign_free(struct assign *a);	/* NULL is fine */
void assign_settings(struct assign *a);	/* the engine has new ones */

/* Calls of relay. */
void assign_take(struct conn *c, struct ipc_req *req);
void assign_release(struct conn *c, const struct release_ask *ask);
/* What the asker's leases stand for. They are pending until the job has been
 * settled. */
int assign_of_report(struct conn *c, const struct report_ask *ask,
    struct leased **out, size_t *n, struct err *err);
int assign_of_bounce(struct conn *c, const struct bounce_ask *ask,
    struct leased **out, size_t *n);
/* The message of a lease of his; 0: none. */
uint64_t assign_message(struct conn *c, uint64_t lease);
/* The connection ended. */
void assign_gone(struct conn *c);

/* After a commit: what it did to the queue, and what became of reports. */
struct settled {
	struct settled *next;
	struct leased *leased;
	size_t n;
	bool ok, own;
};
void assign_news(struct assign *a, struct str news);
void assign_settle(struct assign *a, const struct settled *x);
