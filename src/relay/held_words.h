/*
 * held_words.h - what a person is told of mail that is kept apart. Pure.
 */
#pragma once
#include "base/buf.h"
#include "store/messages.h"

/* The rows of a NOTE_held as text, lines that end with LF, of which none is
 * longer than a mail may have. Names and subjects are of whoever sent that
 * mail: they stay within their line, turn no text around, and are no links.
 * False: there is none left to tell of. */
must_check bool held_words(struct buf *text, const struct note_item *item);
