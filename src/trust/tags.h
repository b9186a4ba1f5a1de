/*
 * tags.h - "name=value; name=value": the lists of DKIM, DMARC and ARC.
 *                                                          RFC 6376 3.2
 * Pure.
 */
#pragma once
#include "base/str.h"

enum { TAGS_MAX = 40 };

struct tags {
	size_t n;
	struct tag {
		struct str name, value;	/* trimmed; folds may be inside */
	} tag[TAGS_MAX];
};

enum tags_how {
	TAGS_STRICT,
	TAGS_LENIENT,	/* what is wrong is not there */
	TAGS_UTF8,	/* values may be beyond ASCII: RFC 8616 5 */
};
/* False if it is no such list, a name is there twice, or they are too many;
 * lenient, only if they are. */
must_check bool tags_parse(struct str text, enum tags_how how,
    struct tags *out);
/* The value of this one; .p is NULL if it is not there. Case counts. */
struct str tags_get(const struct tags *t, struct str name);
/* Is word one of the words of a value, with colons between them? In any case
 * of letters. */
bool tags_has_word(struct str value, struct str word);
