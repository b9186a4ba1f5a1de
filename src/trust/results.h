/*
 * results.h - what an Authentication-Results field says, and whose it claims to
 * be.                                                    RFC 8601 2.2, 5
 */
#pragma once
#include "base/str.h"

/* Does the value of such a field begin with this authserv-id, a name by its
 * A-labels? Comments, quotes and case make no difference, nor does a dot at its
 * end, nor which of its two forms the name has. */
must_check bool results_claim(struct str value, struct str host);

/* Does this value say that a method had this result? The first result of each
 * method counts. *about is what it says of a property ("header.from") then,
 * without quotes; empty: nothing. Borrowed. */
must_check bool results_have(struct str value, struct str method,
    struct str result, struct str property, struct str *about);
