/*
 * content.h - what a message shows to whoever reads it: a sender's name that is
 * another one's, names that look like ours, links that lead elsewhere than they
 * say. Pure.
 *
 * Looked at is its beginning (TRAITS_HEAD in mail/traits.h), octets as they
 * came. Each word is found once for a message.
 */
#pragma once
#include "base/arena.h"
#include "policy/score.h"

enum {
	CONTENT_URLS = 200,	/* that are looked at, of all parts */
	CONTENT_HOSTS = 10,	/* that lists are asked about */
	CONTENT_ADDRESSES = 2,
};

struct content_text {
	struct str head;
	struct str ours;	/* domains of its recipients, spaces between */
};

/* What lists and store can be asked about; slices are in the arena. */
struct content_seen {
	struct str host[CONTENT_HOSTS];	/* who has registered where its URLs
					 * lead to, or an address */
	size_t nhosts;
	struct str address[CONTENT_ADDRESSES];	/* of From and Reply-To */
	size_t naddresses;
	struct str answers;	/* ids of what it answers, LF between, the
				 * nearest first: ANSWERS_IDS */
};

void content_look(const struct content_text *ask, struct arena *a,
    struct findings *f, struct content_seen *seen);

/* Of a list of recipients, an LF behind each: their domains, spaces between,
 * each once, at most ten. */
struct str content_domains(struct str rcpts, struct arena *a);
