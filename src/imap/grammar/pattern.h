/*
 * pattern.h - LIST's wildcards.                           RFC 3501 6.3.8
 *
 * "*" stands for any octets, "%" for any but the hierarchy delimiter.
 */
#pragma once
#include "base/str.h"

enum { PATTERN_MAX = 1000 };

/* Does all of name match? Case matters. Time is the product of the lengths at
 * worst, whatever the pattern. A pattern over PATTERN_MAX matches nothing. */
bool pattern_match(struct str pattern, struct str name, char delimiter);
