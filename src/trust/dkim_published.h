/*
 * dkim_published.h - is the record of a key in DNS, where who verifies looks?
 *                                                          RFC 6376 3.6.2
 */
#pragma once
#include "trust/lookup.h"

enum dkim_published {
	DKIM_IS_PUBLISHED,
	DKIM_NOT_PUBLISHED,	/* nothing is there */
	DKIM_OTHER_PUBLISHED,	/* something else is, or is beside it */
	DKIM_PUBLISHED_UNSURE,	/* DNS fails */
};

/* record is what we would publish ("v=DKIM1; k=rsa; p=..."): what is there has
 * to have that key and may say more, but neither that this is a test nor that
 * the key is not for us. May suspend. */
enum dkim_published dkim_published(const struct trust_dns *dns,
    struct str domain, struct str selector, struct str record,
    struct arena *a);
/* The same of one text that was found. */
bool dkim_is_record(struct str found, struct str record);
/* "not in DNS", for an error. */
const char *dkim_published_words(enum dkim_published is);
