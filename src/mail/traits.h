/*
 * traits.h - what a message looks like, as numbers that a filter counts with:
 * pieces of the text that people see of it, words of its header. Pure.
 *
 * Nothing of the message can be read from them, and they come out the same
 * whoever makes them: the role that takes it in, or that of its reader.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "store/messages.h"

enum {
	/* Of a message, from its beginning on, without what was put in front
	 * of it here: no more is looked at. */
	TRAITS_HEAD = 32 << 10,
	/* What an arena for it must be able to hold. */
	TRAITS_MEM = (8 << 20) + TRAITS_OCTETS,
};

/* The traits of the message that begins so, as messages_policy.h has them; in
 * the arena. Takes some tenths of a millisecond. */
struct str traits_of(struct str head, struct arena *a);

/* Append a lesson as learn_ask has it; false: there is no room for another one
 * in b, whose cap is MSG_CHUNK. */
bool traits_lesson(struct buf *b, enum lesson lesson, struct str traits);
