/*
 * envelope.h - the fields of a message's header, for its record.
 *
 * Internal to mime/.
 */
#pragma once
#include "mime/fields.h"

/* Append the envelope as record.h has it: no more than about `room` octets,
 * and at most *max addresses, which are taken off *max. True if something had
 * to be left out. */
bool envelope_write(struct buf *out, struct arena *a, const struct fields *f,
    size_t room, size_t *max);
