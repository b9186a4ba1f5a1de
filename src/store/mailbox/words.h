/*
 * words.h - what the index of words says to a search.
 */
#pragma once
#include "store/engine/engine_int.h"
#include "store/search.h"

/* What an account's index says of the COND_WORDS of a program, whose `found` is
 * set; NULL: nothing. */
struct fulltext_found *words_look(struct reader *r, uint64_t account,
    uint32_t version, struct condition *program);
/* Of a message; *unindexed is set if the index does not know it. */
enum verdict words_judge(const struct fulltext_found *x,
    const struct condition *c, const struct column_row *row, bool *unindexed);
