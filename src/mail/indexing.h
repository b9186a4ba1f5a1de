/*
 * indexing.h - the words of messages that are read go to store's index, so that
 * the next search need not read them.
 *
 * Where store does not take them nothing is lost: then they are read again.
 */
#pragma once
#include "mail/matching.h"
#include "mail/view.h"

struct indexing;
/* a must outlive it. */
struct indexing *indexing_new(const struct account *a);
/* Gives what is left; suspends. NULL is fine. */
void indexing_end(struct indexing *x);
/* What matching_gathers() is to have: NULL when no more words are taken. */
struct gathering *indexing_gathers(const struct indexing *x);
/* The message of this row was judged, by a matching that gathers for it:
 * suspends from time to time. */
void indexing_keep(struct indexing *x, const struct matching *m,
    const struct fetch_row *row);
/* Why store did not take them; E_* or 0. */
int indexing_failed(const struct indexing *x, struct err *err);

/* Read all messages of the view and give their words; each() is called behind
 * every message. What cannot be read is passed over. Suspends. 0 or E_*. */
int index_view(struct mailbox_view *v, struct indexing *x,
    void (*each)(void *arg, const struct fetch_row *row), void *arg,
    struct err *err);
