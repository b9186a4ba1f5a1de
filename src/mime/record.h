/*
 * record.h - the atoms of a record of facts.
 *
 * Internal to mime/. A record is
 *
 *   version (1 octet), flags (le16), sent (le64), zone (le16), then numbers:
 *   received, parts, size, header, lines, longest; then texts: envelope,
 *   body structure, message id, in-reply-to, references, base subject,
 *   preview, part table, cuts. Nothing follows.
 *
 * A number is 7 bits an octet, low ones first, the top bit says that more
 * come. A text is its length as a number, then its octets. A list of ids is
 * texts. The part table has for each part, in the order of the message: its
 * kind, its depth, where its header begins (less the one before), the length
 * of its header, the length of its body, which follows it. The cuts are what
 * BODY lacks of the body structure: octets kept, octets left out, in turn.
 */
#pragma once
#include "base/buf.h"
#include "base/rd.h"

void rec_put(struct buf *out, uint64_t v);
void rec_put_str(struct buf *out, struct str s);

/* Sticky error at what is no number, as in rd.h. */
uint64_t rec_num(struct rd *r);
struct str rec_str(struct rd *r);
