/*
 * keywords.h - sets of keywords as text: words with spaces between, none
 * twice (RFC 3501 2.3.2: case does not count; the first spelling stays).
 *
 * Pure. Results live in the arena; E_LIMIT if one grows beyond what an email
 * may have, E_INVALID if a word is no atom.
 */
#pragma once
#include "base/arena.h"
#include "base/err.h"

int keywords_union(struct str set, struct str more, struct arena *a,
    struct str *out, struct err *err);
/* set without the words of less. */
int keywords_without(struct str set, struct str less, struct arena *a,
    struct str *out, struct err *err);
