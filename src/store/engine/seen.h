/*
 * seen.h - \Seen of those who read somebody else's mailbox. Each has his own:
 * a row of reader_seen of the email, so that it goes wherever the email goes,
 * and a column of the mailbox (column.h). The writer's.
 */
#pragma once
#include "store/engine/engine_int.h"

/* It is said of an email that has no place yet: place_email() tells the
 * columns. */
int seen_begin(struct engine *e, struct acct *a, uint64_t email,
    uint64_t reader, struct err *err);
/* The reader of column c says so of a message in it, with this modseq. */
int seen_change(struct engine *e, struct acct *a, struct mbox *m,
    uint64_t reader, const struct column_row *row, struct err *err);
/* An email was placed: who has seen it has seen it there. */
int seen_placed(struct engine *e, const struct acct *a, const struct mbox *m,
    const struct column_row *row, struct err *err);
