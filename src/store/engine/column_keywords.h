/*
 * column_keywords.h - the sets of keywords that the rows of a column have, each
 * kept once. Under its lock.
 */
#pragma once
#include "store/engine/column.h"

/* The set of these words; one more row has it. */
uint32_t column_use_set(struct column *c, struct str words);
/* One row less has it. */
void column_unuse_set(struct column *c, uint32_t set);
