/*
 * table.h - rows as a table for people, or as JSON for programs.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

enum { TABLE_COLUMNS = 10 };

struct table_column {
	const char *name;	/* the JSON key; the heading in capitals */
	bool number;
};

struct table {
	const struct table_column *columns;
	size_t ncolumns;
	struct str *cells;	/* ncolumns of each row */
	size_t nrows, room;
};

/* A new row; its cells are for the caller to fill (slices that outlive the
 * table, or of the arena). */
struct str *table_row(struct table *t, struct arena *a);
/* All rows on stdout. */
void table_print(const struct table *t, bool json);

void json_string(struct buf *b, struct str s);
