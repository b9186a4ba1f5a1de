/*
 * flags.h - flags and keywords as clients write them.     RFC 3501 2.3.2, 9
 */
#pragma once
#include "base/buf.h"
#include "imap/grammar/scan.h"

enum {
	SYS_SEEN = 1 << 0,
	SYS_ANSWERED = 1 << 1,
	SYS_FLAGGED = 1 << 2,
	SYS_DELETED = 1 << 3,
	SYS_DRAFT = 1 << 4,
	SYS_RECENT = 1 << 5,	/* told, and not for clients to set */
};

enum { KEYWORDS_MAX = 64, KEYWORD_MAX = 128 };

struct flag_list {
	uint32_t system;	/* SYS_* bits */
	struct str *keywords;	/* as written; each once, in any case */
	size_t nkeywords;
};

/* flag-list = "(" [flag *(SP flag)] ")" */
struct flag_list scan_flag_list(struct scan *s);
/* flag-list / (flag *(SP flag)), as STORE has it */
struct flag_list scan_flags(struct scan *s);

/* flag-keyword = atom, up to KEYWORD_MAX */
struct str scan_keyword(struct scan *s);

/* "\Seen" for SYS_SEEN; one bit only. */
struct str flag_name(uint32_t bit);

/* "(\Seen x)": SYS_* bits, and keywords with a space between two. */
void reply_flags(struct buf *b, uint32_t flags, struct str keywords);
/* The keywords with a space between two, in the arena. */
struct str flag_list_keywords(struct arena *a, const struct flag_list *l);
