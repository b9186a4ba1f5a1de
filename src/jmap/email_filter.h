/*
 * email_filter.h - filters of emails as conditions of store/search.h.
 *                                                            RFC 8621 4.4.1
 */
#pragma once
#include "jmap/jmap_int.h"
#include "store/search.h"

/* The conditions of a filter (NULL: all emails) for messages of this mailbox,
 * in the arena; *out is NULL if none of them matches. NULL, or an error. */
const char *email_filter(struct call *c, struct arena *mem, json_t *filter,
    uint64_t mailbox, struct condition **out);

/* A keyword of JMAP as a flag, or as a keyword of IMAP (flag 0). False: it is
 * none.                                                     RFC 8621 4.1.1 */
bool keyword_parse(struct str keyword, uint32_t *flag);
/* The words of a search, each folded, quoted ones as one, in the arena. */
size_t search_words(struct arena *mem, struct str text, struct str *words,
    size_t max);
