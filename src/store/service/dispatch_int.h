/*
 * dispatch_int.h - what the files of dispatch share.
 *
 *   dispatch.c          who waits, what he gets, and what becomes of it
 *   dispatch_leased.c   what the leases stand for that somebody names
 */
#pragma once
#include "store/service/dispatch.h"

#include "store/dispatch/destination_schedule.h"
#include "store/dispatch/expiry.h"
#include "store/dispatch/lease.h"
#include "store/dispatch/reports_due.h"

struct taker {
	struct list_link link;
	struct conn *conn;
	struct ipc_req *req;
	struct timer timer;
};

struct dispatch {
	struct service *s;
	dispatch_reporter *report;
	struct schedule *schedule;
	struct leases *leases;
	struct reports_due *reports_due;
	struct expiry *expiry;
	struct list takers;	/* who waits longest is first */
	struct timer timer;
	struct buf items;
	int nown;		/* reports of our own that the writer has */
	uint64_t loaded[1000];
	bool report_next;	/* reports and deliveries take turns */
	bool note_next;		/* and notes with both */
	struct {		/* where the walk along them is, and when it
				 * goes on */
		uint64_t after;
		int64_t at;
	} notes;
	int64_t wall_s, mono_s;	/* at the last look; 0: none yet */
	/* Of the answer being made. */
	struct conn *to;
	struct batch *batch;
};
