/*
 * page.h - the page of the web mail, and the files it is made of.
 */
#pragma once
#include "http/http.h"

/* One file, as the build put it into the program (web/build.py). */
struct http_asset {
	struct str path;	/* "/assets/X.js"; "/": the page itself */
	struct str type, etag;
	struct str plain, gzip;
};
/* All of them; none in a build without npm. */
extern const struct http_asset http_assets[];
extern const size_t http_nassets;

extern const struct http_route http_page_routes[];
extern const size_t http_npage_routes;
