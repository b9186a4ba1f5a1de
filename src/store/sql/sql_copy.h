/*
 * sql_copy.h - a database as it was at one moment, copied into another file
 * while its writer goes on.
 *
 * The moment is when the copy begins. Until it is whole, the WAL cannot begin
 * anew: take the pages soon.
 */
#pragma once
#include "store/sql/sql.h"

struct sql_copy {
	struct sql from;	/* sees the moment; may be asked meanwhile */
	struct sql to;
	struct sqlite3_backup *backup;
};

/* A new file `to`, with checksums at the end of its pages as the first one has
 * them. E_FULL, E_IO; nothing is left then. */
int sql_copy_begin(struct sql_copy *c, struct vfs *v, const char *from,
    const char *to, struct err *err);
/* Some more pages. *left: how many of *all are still to come; at 0 the file is
 * whole, and nothing is held any more. E_DAMAGED: a page is. */
int sql_copy_step(struct sql_copy *c, int pages, uint64_t *left,
    uint64_t *all, struct err *err);
/* Whole or not; zeros are fine. The file stays. */
void sql_copy_end(struct sql_copy *c);
