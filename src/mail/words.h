/*
 * words.h - the words of a message that is read, for the index of store, and
 * what a search asks of them (store/words.h).
 */
#pragma once
#include "base/arena.h"
#include "store/search.h"
#include "store/words.h"

/* Words of one message at a time, each once in a part. */
struct gathering;
struct gathering *gathering_new(void);
void gathering_free(struct gathering *g);	/* NULL is fine */
void gathering_begin(struct gathering *g);
/* More of a folded text of whole characters; and its end. */
void gathering_text(struct gathering *g, enum words_part part,
    struct str folded);
void gathering_text_end(struct gathering *g, enum words_part part);
/* There are more words than are gathered, or can be. */
void gathering_cut(struct gathering *g);
bool gathering_is_cut(const struct gathering *g);
/* Its record; the next text is another message's. False: there is no room for
 * it in b, whose cap is at least WORDS_RECORD_MAX and some more. */
bool gathering_put(struct gathering *g, uint64_t email, uint64_t content,
    struct buf *b);

/* The same conditions with what words they need (condition.words); texts are
 * borrowed. *has: there are any. */
struct condition *conditions_with_words(const struct condition *c,
    struct arena *a, bool *has);
/* Fields that the facts of a message have: such a condition asks for their
 * words as these say them. */
bool is_known_field(struct str name);
