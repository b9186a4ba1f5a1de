/*
 * html_links.h - the links of HTML: where each leads, and what people see of
 * it. Pure; any octets may come.
 */
#pragma once
#include "base/arena.h"

struct html_link {
	struct str href;	/* character references undone */
	struct str shown;	/* its text, the same; empty: a form, an area */
};

/* Zeros and the HTML in rest are the beginning. */
struct html_links {
	struct str rest;
	bool open;		/* we are inside of a link, */
	struct str href;	/* which leads there, */
	struct str begun;	/* and this is all that followed it */
};

/* Take the next link; false at the end. A link takes 8 KB of the arena at
 * most. A link that nobody closes ends where the next one begins. */
bool html_link_next(struct html_links *h, struct arena *a,
    struct html_link *out);
