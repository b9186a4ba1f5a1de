/*
 * reindex.h - read all mail of an account, and give store its words
 * (mail/indexing.h).
 */
#pragma once
#include "carry/carrier.h"

int reindex_work(struct carrier *c);
/* Of what the index does not have yet. 0 or E_* with c->err. */
int index_new(struct carrier *c);
