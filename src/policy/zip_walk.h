/*
 * zip_walk.h - the files in a ZIP archive, as its octets come by.
 *                                              APPNOTE.TXT 4.3.7, 4.3.12
 *
 * A directory stands at its end, so a walk that follows the rules would have to
 * keep all of it; and who hides something breaks them. So everything that looks
 * like the header of a file, wherever it stands, or like an entry of the
 * directory, is one.
 */
#pragma once
#include <zlib.h>

#include "base/buf.h"

struct zip_walk;

struct zip_entry {
	struct str name;	/* octets as they stand */
	bool encrypted;
	bool central;		/* of the directory: it has no octets */
};

/* Who hears of them. */
struct zip_hearer {
	void *arg;
	/* A file begins. False: its octets are not wanted. */
	bool (*begin)(void *arg, const struct zip_entry *e);
	/* The next of them, unpacked. False: no more are wanted. */
	bool (*octets)(void *arg, struct str octets);
	/* No more will come, after a begin() that said true. */
	void (*end)(void *arg);
};

struct zip_walk *zip_walk_new(const struct zip_hearer *h);
void zip_walk_feed(struct zip_walk *w, struct str octets);
/* The end, also of a file that is open. NULL is fine. */
void zip_walk_end(struct zip_walk *w);
