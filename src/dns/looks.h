/*
 * looks.h - do two names look like each other? Of what is told apart here:
 * that rn is m, vv w, cl d, 0 o and 1 and i l; that one letter is too many, too
 * few or wrong, or two have changed places, in names of five and more. Pure,
 * and without memory.
 *
 * Names are ASCII in lower case; what other letters look like is resolved
 * before (policy/lookalike.h).
 */
#pragma once
#include "base/str.h"

/* name is taken for one, which it is not, both as they were registered
 * ("example.org"): the same letters, or one wrong in the first label. */
bool looks_like(struct str name, struct str one);
/* "example.org" is in "example.org.evil.test", as whole labels. */
bool looks_like_part(struct str name, struct str one);
