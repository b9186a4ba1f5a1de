/*
 * envelope.h - ENVELOPE of a header.                       RFC 3501 7.4.2
 *
 * Internal to mime/.
 */
#pragma once
#include "mime/fields.h"

/* Append the envelope in at most about `room` octets and `max` addresses; a
 * list that meets a bound is cut, a text that does is NIL. True if one was. */
bool envelope_render(struct buf *out, struct arena *a, const struct fields *f,
    size_t room, size_t *max);
