/*
 * dispatch.h - the queue on the service's loop: who waits for work, what he
 * gets, what he has, and what becomes of it.
 *
 * Everything here is of the loop's thread.
 */
#pragma once
#include "store/service/service_int.h"

struct dispatch;

/* Hands a report of store's own to the writer; takes over both. */
typedef void dispatch_reporter(struct service *s, struct buf *results,
    struct leased *leased, size_t n);
int dispatch_new(struct service *s, dispatch_reporter *report,
    struct dispatch **a, struct err *err);
void dispatch_free(struct dispatch *a);	/* NULL is fine */
void dispatch_settings(struct dispatch *a);	/* the engine has new ones */

/* Calls of relay. */
void dispatch_release(struct conn *c, const struct release_ask *ask);
/* What the asker's leases stand for. They are pending until the job has been
 * settled. */
int dispatch_of_report(struct conn *c, const struct report_ask *ask,
    struct leased **out, size_t *n, struct err *err);
int dispatch_of_bounce(struct conn *c, const struct bounce_ask *ask,
    struct leased **out, size_t *n);
int dispatch_of_note(struct conn *c, const struct note_send_ask *ask,
    struct leased **out, size_t *n);
/* Of the operator, who changes this message: all of its recipients, which are
 * in store's own hands until the job has been settled. E_BUSY: some are in
 * others'. */
int dispatch_of_edit(struct conn *c, uint64_t message, struct leased **out,
    size_t *n, struct err *err);
/* The message of a lease of his; 0: none. */
uint64_t dispatch_message(struct conn *c, uint64_t lease);
/* The connection ended. */
void dispatch_gone(struct conn *c);

/* After a commit: what it did to the queue, and what became of reports. */
struct settled {
	struct settled *next;
	struct leased *leased;
	size_t n;
	bool ok, own;
};
void dispatch_news(struct dispatch *a, struct str news);
void dispatch_settle(struct dispatch *a, const struct settled *x);
