/*
 * content_int.h - what the files that look at what a message shows share.
 */
#pragma once
#include "policy/content.h"

struct looking {
	const struct content_text *ask;
	struct arena *out;	/* for what is found */
	struct arena *a;	/* for looking */
	struct arena *once;	/* for one name */
	struct findings *f;
	struct content_seen *seen;
	bool list;		/* it says that many get it */
	size_t urls;
};

/* Once for each word: what follows is the same again. */
void content_find(struct looking *l, const char *word, int tenths,
    struct str why);
/* Visible ASCII of a stranger's text, at most 60 octets. */
struct str content_shown(struct str text, struct arena *a);
/* Is this name, which stands there as `what`, one that looks like ours? */
void content_look_at_name(struct looking *l, struct str name,
    const char *what);
/* Who has registered it; the whole name where nobody has. */
struct str content_whose(struct str name);

/* From, Reply-To. */
void content_look_at_sender(struct looking *l);
/* The texts in its beginning, and what they link. */
void content_look_at_links(struct looking *l);
