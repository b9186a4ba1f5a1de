/*
 * reindex.h - read all mail of an account, and give store its words
 * (mail/indexing.h).
 */
#pragma once
#include "carry/carrier.h"

int reindex_work(struct carrier *c);
