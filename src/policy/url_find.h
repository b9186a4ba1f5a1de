/*
 * url_find.h - the URLs that somebody who reads a text would follow, as far as
 * they say whose host it is. Pure.
 *
 * Read as browsers do (the URL standard's "host parser"), because whoever
 * writes one that looks odd counts on that: a backslash is a slash, what stands
 * before the last @ is nobody, 0x7f000001 is an address.
 */
#pragma once
#include "base/arena.h"

struct url_found {
	struct str host;	/* as dns_name() makes it; or an address */
	bool number;		/* it is an address */
	struct str user;	/* what stands before an "@"; mostly empty */
};

/* Take the next URL off *text: http, https or ftp, or a word that begins with
 * "www.". False at the end. *text goes forward, so a walk through a text takes
 * time in proportion to it; each URL takes 8 KB of the arena at most. */
bool url_find_next(struct str *text, struct arena *a, struct url_found *out);

/* The whole text is one, as in an attribute of HTML; false if it names no
 * host. */
bool url_find_href(struct str text, struct arena *a, struct url_found *out);

/* The whole text is a URL, with http or without, or a name under a suffix that
 * is listed: what people would take for the place that a link leads to. */
bool url_find_shown(struct str text, struct arena *a, struct url_found *out);
