/*
 * fulltext.h - which messages of an account have a word: a file beside the
 * database for each account, made of segments (segment.h).
 *
 * Nothing here was promised to anybody. A message that is not in it is read by
 * whoever searches; what is damaged is removed, and made again the same way. So
 * nothing is synced, and a file that lost its end is a shorter one. Any thread
 * may call; what concerns one account waits for the other.
 */
#pragma once
#include "store/fulltext/segment.h"

struct fulltext;

struct fulltext *fulltext_new(struct files *fs);
void fulltext_free(struct fulltext *t);	/* NULL is fine */

/* Messages and their words, made by `version` (mime/words.h): words of another
 * one are forgotten. Those that are in it already are left as they are. 0;
 * E_INVALID: these are no words, and none was taken; E_DAMAGED: see
 * fulltext_drop(); E_FULL, E_IO: the file system. */
int fulltext_add(struct fulltext *t, uint64_t account, uint32_t version,
    const struct words_record *r, size_t n, struct err *err);
/* The account's file goes. */
void fulltext_drop(struct fulltext *t, uint64_t account);
/* Files of accounts for which gone() holds go. */
void fulltext_drop_others(struct fulltext *t,
    bool (*gone)(void *arg, uint64_t account), void *arg);
/* Messages for which gone() holds go, and words that only they had. *n: how
 * many. 0, E_DAMAGED, E_FULL, E_IO. */
int fulltext_sweep(struct fulltext *t, uint64_t account,
    bool (*gone)(void *arg, const struct indexed *x), void *arg, size_t *n,
    struct err *err);
/* Zeros where there is no file. */
struct fulltext_size {
	uint64_t octets, messages;
};
struct fulltext_size fulltext_size(struct fulltext *t, uint64_t account);

/* ---- looking ----------------------------------------------------------- */

/* What it says of all messages of an account, by a number of conditions. */
struct fulltext_found;
enum { FULLTEXT_CONDITIONS = 32 };

/* What the words of `version` say. NULL with 0 returned: nothing. */
int fulltext_look(struct fulltext *t, uint64_t account, uint32_t version,
    struct fulltext_found **out, struct err *err);
/* In one of these parts (WORDS_OF_*), words of all these conditions. 0, or
 * E_DAMAGED, E_IO; E_LIMIT: there are too many. *which: for the next one. */
int fulltext_find(struct fulltext_found *x, unsigned parts,
    const struct word_condition *c, size_t n, size_t *which, struct err *err);
/* No more of these: what follows is in memory, and may be used by several
 * threads. */
void fulltext_looked(struct fulltext_found *x);
/* HAS_NOT: not one that was cut. */
enum fulltext_has { INDEX_KNOWS_NOT, INDEX_HAS, INDEX_HAS_NOT, INDEX_CUT };
enum fulltext_has fulltext_has(const struct fulltext_found *x, size_t which,
    uint64_t email, uint64_t content);
void fulltext_found_free(struct fulltext_found *x);	/* NULL is fine */

/* The last few are kept, for the next page of a search and the next mailbox:
 * what was found for these conditions (any octets that say which), as long as
 * nothing has changed since; NULL: it has to be looked for. To be freed. */
struct fulltext_found *fulltext_recall(struct fulltext *t, uint64_t account,
    uint32_t version, struct str conditions);
/* Behind fulltext_looked(). */
void fulltext_keep(struct fulltext_found *x, struct str conditions);
