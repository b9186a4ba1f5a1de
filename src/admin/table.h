/*
 * table.h - rows as a table for people, or as JSON for programs.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

enum { TABLE_COLUMNS = 24 };

struct table_column {
	const char *name;	/* the JSON key; the heading in capitals */
	bool number;
	bool idn;	/* ends in the name of a domain: put_name() */
};

struct table {
	const struct table_column *columns;
	size_t ncolumns;
	struct str *cells;	/* ncolumns of each row */
	size_t nrows, room;
	/* Of table_more(). */
	size_t width[TABLE_COLUMNS];
	size_t printed;
	bool begun;
};

/* A new row; its cells are for the caller to fill (slices that outlive the
 * table, or of the arena). */
struct str *table_row(struct table *t, struct arena *a);
/* All rows on stdout; on a terminal what is too wide for it is cut. */
void table_print(struct table *t, bool json);
/* The rows there are now; they are forgotten (their arena may be reset) and
 * more may follow. Widths are those of the first. */
void table_more(struct table *t, bool json);
/* There are no more. */
void table_end(struct table *t, bool json);

/* With what would drive a terminal escaped: \u009b, and \xNN for what is no
 * UTF-8. */
void put_plain(struct buf *b, struct str s);
/* A domain or an address so, as people read it: with U-labels. Programs are
 * given A-labels (--json). */
void put_name(struct buf *b, struct str s);
void json_string(struct buf *b, struct str s);
/* RFC 3339; empty for 0. */
struct str time_text(struct arena *a, int64_t at);
/* {"added":"x"} on stdout, with a second pair unless its value is empty. */
void json_say(const char *key, struct str value, const char *key2,
    struct str value2);
