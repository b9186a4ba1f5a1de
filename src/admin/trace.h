/*
 * trace.h - what `postern trace` gathers, and how it is shown.
 */
#pragma once
#include "admin/admin.h"
#include "admin/operator.h"

enum {
	TRACE_MESSAGES = 50,	/* of an address: the newest */
	TRACE_EVENTS = 5000,	/* of one message */
	TRACE_ALL = 60000,	/* of all: what memory takes at their longest */
};

struct trace_event {
	struct trace_event *next;
	struct journal_row row;
};

struct trace_rest {	/* what waits now */
	struct trace_rest *next;
	struct queue_row row;
};

struct trace_message {
	uint64_t id;		/* 0: something refused, one event */
	uint64_t report_of;	/* it is the report about this one; 0 */
	const char *heading;	/* NULL: which message it is */
	bool whole;		/* all of it is wanted, not one address */
	uint64_t others;	/* rows of other recipients */
	struct trace_event *first, **last;
	size_t nevents;
	struct trace_rest *rest, **last_rest;
};

void trace_print(struct arena *a, const struct trace_message *m, size_t n,
    int64_t now);
void trace_print_json(struct arena *a, const struct trace_message *m,
    size_t n);

/* A line: which message it is. */
void trace_heading(struct buf *b, const struct trace_message *m);

/* The value of key=... in a row's text, up to the next space; of the key that
 * stands last, the rest. Empty if there is none. */
struct str trace_value(struct str text, const char *key);
/* The Message-ID in a row, without < >; empty. */
struct str trace_message_id(const struct journal_row *row);
/* The report that a row of JOURNAL_reported tells of; 0. */
uint64_t trace_report(const struct journal_row *row);
