/*
 * note_words.h - what people are told, in words. Pure.
 */
#pragma once
#include "base/buf.h"
#include "store/messages.h"

enum { NOTE_WORDS_MAX = 32000 };	/* a buf of that is enough for either */

/* The subject and the text, lines that end with LF; no text: there is nothing
 * left to tell. item has its facts as facts; hostname is who tells. False: no
 * such kind is known. */
must_check bool note_words(struct buf *subject, struct buf *text,
    const struct note_item *item, const struct note_facts *facts,
    struct str hostname);
