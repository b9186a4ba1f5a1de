/*
 * param.h - Content-Type and Content-Disposition.  RFC 2045 5.1, 2183, 2231
 *
 * Tolerant: comments and folds anywhere, missing quotes, empty parameters.
 */
#pragma once
#include "base/arena.h"

enum { PARAM_MAX = 64 }; /* parameters read from one field */

/* A parameter as it stands: "filename*0*" is its name then. */
struct param {
	struct str name, value; /* quotes and escapes removed */
};

/* "text/plain; charset=utf-8": type and subtype, and the rest for
 * param_next(). False (nothing written) if it has not this form. */
must_check bool param_media_type(struct str value, struct str *type,
    struct str *subtype, struct str *rest);

/* "attachment; filename=x": the word in front. False if there is none. */
must_check bool param_word(struct str value, struct str *word,
    struct str *rest);

/* Take the next parameter off *rest. False at the end. Slices are borrowed
 * or, where escapes or folds had to go, in the arena. */
bool param_next(struct arena *a, struct str *rest, struct param *p);

/* The value of `name` (any case) among the parameters in rest, with RFC 2231
 * continuations joined and charset and percent signs decoded (utf-8, us-ascii
 * and iso-8859-1; others stay as octets); .p is NULL if there is none. */
struct str param_get(struct arena *a, struct str rest, struct str name);
