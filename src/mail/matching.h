/*
 * matching.h - does a message match conditions? For those that its row alone
 * does not decide.
 *
 * Texts are compared as fold.h says. A header field counts with its encoded
 * words decoded; the body is the text of all parts that are text, those of
 * messages in it too, and the headers of its parts. What costs more is looked
 * at only where what costs less has not decided: the facts, the header, the
 * body.
 */
#pragma once
#include "mail/section.h"
#include "mail/words.h"
#include "store/search.h"

struct matching;

/* The conditions must outlive it; nothing in them is COND_UNKNOWN. */
struct matching *matching_new(const struct condition *c);
void matching_free(struct matching *m);
/* The words of messages are wanted as well (NULL: no more). Where a message has
 * to be read as far as its body, it is read to its end. */
void matching_gathers(struct matching *m, struct gathering *g);
/* Was the last one judged read so far that its words are all there? */
bool matching_gathered(const struct matching *m);
/* How well the fuzzy conditions that hold for the last one judged do so, 1 to
 * 100; 100 where none was asked. */
unsigned matching_score(const struct matching *m);
/* What rows should bring to be judged: WANT_* of store/messages.h. */
uint32_t matching_wants(const struct matching *m);

/* 1 or 0, or E_*: the message cannot be read (message_read()). Suspends, and
 * lets others have a turn. */
int matching_judge(struct matching *m, const struct mail_message *message,
    const struct searched *row, struct err *err);
