/*
 * feedback_fuzz.h - what is read of a report has the shape of it, and the
 * memory is enough for whatever it is: for the two fuzz targets.
 */
#pragma once
#include "policy/feedback_int.h"

static inline int
feedback_fuzz(int (*read)(struct feedback_reading *r, struct str text,
    struct err *err), const struct msg_shape *shape, struct str text)
{
	struct arena *a = arena_new(FEEDBACK_MEMORY);
	struct feedback_reading r = { .a = a, .row = arena_new(16384),
		.rows = BUF_INIT(FEEDBACK_ROWS_OCTETS) };
	struct err err = { 0 };
	int rc = read(&r, text, &err);
	struct rd rows = rd_of(buf_get(&r.rows));
	union {
		uint64_t n;	/* the first of either */
		struct feedback_dmarc_row dmarc;
		struct feedback_tls_row tls;
	} row;

	bug_if(rc < 0 && err.text[0] == '\0');
	for (uint32_t i = 0; i < r.head.nrows; i++)
		bug_if(!msg_take(&rows, shape, &row) ||
		    row.n > FEEDBACK_COUNT_MAX);
	bug_if(rd_left(&rows) > 0);
	buf_free(&r.rows);
	arena_free(r.row);
	arena_free(a);
	return 0;
}
