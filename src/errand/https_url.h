/*
 * https_url.h - an URL of https as an operator writes one: pure.
 *
 * Nothing else is reached by errand: no user, no query, no fragment, and no
 * address in the place of a name, which a certificate would have to show.
 */
#pragma once
#include "base/str.h"

enum { HTTPS_URL_MAX = 500 };

struct https_url {
	struct str host;	/* ASCII, lower case */
	uint16_t port;		/* 443 where none is said */
	struct str path;	/* begins with a slash, or is empty */
};

/* Letters, digits and hyphens, in lower case, and the underscore that some
 * names have: nothing that a URL, a header or a resolver reads otherwise. */
bool https_is_host(struct str name);
/* Slices of text. False: it is none of these. */
must_check bool https_url_read(struct str text, struct https_url *out);
