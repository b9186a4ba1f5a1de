/*
 * results.h - whose an Authentication-Results field claims to be.
 *                                                     RFC 8601 2.2, 5
 */
#pragma once
#include "base/str.h"

/* Does the value of such a field begin with this authserv-id, a name by its
 * A-labels? Comments, quotes and case make no difference, nor does a dot at its
 * end, nor which of its two forms the name has.
 *
 * Of ARC-Authentication-Results (RFC 8617) nobody asks: see doc/judge.md. */
must_check bool results_claim(struct str value, struct str host);
