/*
 * results.h - whose an Authentication-Results field claims to be.
 *                                                     RFC 8601 2.2, 5
 */
#pragma once
#include "base/str.h"

/* Does the value of such a field begin with this authserv-id? Comments, quotes
 * and case make no difference, nor does a dot at its end. */
must_check bool results_claim(struct str value, struct str host);
