/*
 * rule_text.h - the subject of a rule as people write it: an address, a domain,
 * a network. Pure.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "store/messages.h"

/* "a@example.org"; "example.org", "@example.org"; "192.0.2.0/24",
 * "2001:db8::1". Names beyond ASCII have their A-labels already. False: none
 * of them. Its subject lies in the arena or is what was read. */
must_check bool rule_text_read(struct str text, struct arena *a,
    struct rule *out);
void rule_text_put(struct buf *b, const struct rule *r);
