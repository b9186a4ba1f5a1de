/*
 * reference.h - what an earlier call of the same request has answered.
 *                                                              RFC 8620 3.7
 */
#pragma once
#include <jansson.h>

#include "base/str.h"

/* What a pointer (RFC 6901, with "*" for every member of an array) leads to in
 * v; NULL: nowhere. The caller has a reference. Pure. */
json_t *reference_point(json_t *v, struct str path);
