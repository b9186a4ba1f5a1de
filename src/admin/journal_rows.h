/*
 * journal_rows.h - the journal of a day, a page at a time.
 */
#pragma once
#include "admin/operator.h"

/* "received", "login-failed", ... */
struct str journal_event_name(uint32_t event);
/* "2026-11-22" */
struct str day_text(struct arena *a, int64_t at);
/* "2026-11-22 04:01" */
struct str minute_text(struct arena *a, int64_t at);

/* Call row for each row of the day in order, page after each page (NULL:
 * nobody); strs of a row and the arena live until then. A day on which nothing
 * happened has none. */
struct journal_rows {
	void (*row)(void *arg, struct arena *a, const struct journal_row *row);
	void (*page)(void *arg);
	void *arg;
};
int journal_rows(struct operator *op, struct str day,
    const struct journal_rows *to, struct err *err);
/* The same of so many days, the last of them that of now; *day is the one that
 * is being read. */
int journal_days(struct operator *op, struct arena *a, uint32_t days,
    int64_t now, const struct journal_rows *to, struct str *day,
    struct err *err);
