/*
 * maildir_name.h - what the names of a Maildir say.
 *
 *   file name = base [":2," *letter]      (";" and "!" where ":" cannot be)
 *   base      = seconds "." anything
 *
 * Letters: D F P R S T, and a to z for keywords, whose names Dovecot keeps in
 * a file of the folder, dovecot-keywords: lines "0 $Forwarded". Pure.
 */
#pragma once
#include "base/arena.h"

enum { MAILDIR_KEYWORDS = 26, MAILDIR_KEYWORD_MAX = 128 };

struct maildir_keywords {
	char name[MAILDIR_KEYWORDS][MAILDIR_KEYWORD_MAX + 1]; /* "" none */
};

struct maildir_name {
	struct str base;	/* of the name: the same whatever its flags */
	uint32_t flags;		/* FLAG_* of store/messages.h */
	struct str keywords;	/* a space between two; in the arena */
	int64_t at;		/* when it came, seconds; 0: not said */
};

/* k: of its folder. */
struct maildir_name maildir_name_read(struct str file,
    const struct maildir_keywords *k, struct arena *a);
/* A whole dovecot-keywords; what makes no sense is left out. */
void maildir_keywords_read(struct str text, struct maildir_keywords *k);

/* May it be a keyword? An atom of RFC 3501 9 that begins with no backslash. */
bool is_keyword(struct str s);
