/*
 * json.h - JSON from outside, as a tree of jansson's.            RFC 8259
 *
 * jansson calls itself for each level: what is nested deeper than JSON_DEPTH is
 * refused before it sees it. Two members of one name, and text that is not
 * UTF-8, are refused, too.                                 RFC 7493 2
 */
#pragma once
#include <jansson.h>

#include "base/str.h"

enum { JSON_DEPTH = 32 };

/* Randomness for its tables: before the sandbox closes. */
void json_prepare(void);
/* NULL: it is none. json_decref() it. */
json_t *json_take(struct str text);
/* Is it nested deeper than that? Pure; of what is no JSON it may say either. */
bool json_is_deep(struct str text);
/* The string of this name in an object; false: there is none. Lives while the
 * object does. */
bool json_text_of(const json_t *object, const char *name, struct str *out);
