/*
 * queue_rows.h - rows of the queue, a page at a time, and their cells.
 */
#pragma once
#include "admin/filter.h"
#include "admin/operator.h"
#include "admin/table.h"

/* Call row for each recipient that the filter means, page once after each
 * page (NULL: nobody); strs of a row live until then. Memory is that of one
 * page, however long the queue is. */
struct queue_rows {
	void (*row)(void *arg, struct arena *a, const struct queue_row *row);
	void (*page)(void *arg);
	void *arg;
};
int queue_rows(struct operator *op, const struct queue_filter *f,
    const struct queue_rows *to, struct err *err);

/* "waits", "held", "reports", "under-way", "later" */
const char *queue_state_name(uint32_t state);
/* "in 4 min", "now", "held", "leaves in 3 h", ... */
struct str queue_next_text(struct arena *a, const struct queue_row *row,
    int64_t now);
/* "451 4.2.1 try again (mx.example.net)"; empty before the first attempt */
struct str queue_reply_text(struct arena *a, const struct queue_row *row);

/* What its sender wants of TLS on the way; empty: nothing. */
struct str queue_tls_text(const struct queue_row *row);

/* Every field of a row, for JSON. */
extern const struct table_column queue_columns[];
extern const size_t queue_ncolumns;
void queue_cells(struct arena *a, struct str *cells,
    const struct queue_row *row);
