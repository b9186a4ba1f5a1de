/*
 * search.h - what a search asks of a message: a tree of conditions.
 *
 * Whoever searches makes the tree. It travels to store as a *program*, octets
 * that store decodes as an attacker's, and both judge a message by it with the
 * same functions. A verdict is yes, no or unknown: store reads no messages, so
 * what depends on their text is for the asker to find out, and only of those
 * messages that nothing else in the tree has decided. Pure.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

enum { CONDITIONS_MAX = 4200, CONDITION_DEPTH_MAX = 100 };

enum condition_kind {
	COND_UNKNOWN,		/* in a program: not for store to say */
	COND_ALL,
	COND_AND,		/* kids: all of them */
	COND_OR,		/* kids: one of them */
	COND_NOT,		/* kids: not one of them */
	/* What the row of a message says. */
	COND_FLAG,		/* low: all these FLAG_* are set */
	COND_KEYWORD,		/* text, in any case */
	COND_RECEIVED,		/* low <= second it came in < high */
	COND_RECEIVED_DAY,	/* the same by the clock of its own zone */
	COND_SIZE,		/* low <= octets < high */
	COND_CHANGED,		/* low <= its modseq */
	COND_CONTENT,		/* low: what it holds, fetch_row.content */
	COND_THREAD,		/* low: its conversation */
	COND_NUMBER,		/* set: its number in the view */
	COND_UID,		/* set */
	COND_SAVED_DAY,		/* low <= second it came into the mailbox, by
				 * UTC, < high */
	/* What the index says (store/words.h): see `words`. */
	COND_WORDS,
	/* What only the message says. text is folded (mime/fold.h). In a
	 * program those that have `words` are COND_WORDS. It may be as another
	 * `collation` has it (enum collation of mime/collation.h, the same in
	 * all of a tree): then nothing is known of words. */
	COND_SENT_DAY,		/* low <= second of Date:, by the clock of its
				 * own zone, < high */
	COND_ATTACHMENT,	/* people would save a part of it as a file */
	COND_FIELD,		/* a header field called name holds text */
	COND_BODY,		/* text */
	COND_TEXT,		/* text, in header or body */
	CONDITION_KINDS
};

struct condition {
	enum condition_kind kind;
	int64_t low, high;
	struct str name, text;
	struct str set;		/* pairs of u32, low and high, both inside:
				 * ascending, apart. Of UIDs a high one of
				 * UINT32_MAX also names the last message */
	/* What the words of a message, those of one of the parts (WORDS_OF_*),
	 * have to hold for this to be so (word_condition_put()); empty: nothing
	 * is known of them. exact: and where they do it is so. */
	struct str words;
	unsigned parts, collation;
	bool exact;
	bool fuzzy;		/* of text: see mail/fuzzy.h */
	size_t found;		/* of whoever judges by the index */
	struct condition *kids, *next;
};

enum verdict { VERDICT_NO, VERDICT_YES, VERDICT_UNKNOWN };

/* The tree as a program of at most PROGRAM_MAX octets: what only a message
 * says, and sets that find no room, become COND_UNKNOWN. The tree is within
 * the bounds above. */
void condition_encode(const struct condition *c, struct buf *program);
/* 0, or E_INVALID: it is no program. Strs are borrowed from it. */
must_check int condition_decode(struct str program, struct arena *a,
    struct condition **out);
/* How many conditions a tree has. */
size_t condition_count(const struct condition *c);

/* Judge by a tree; leaf says what it knows of one condition that has no kids,
 * and is asked no more than it takes. */
enum verdict condition_judge(const struct condition *c,
    enum verdict (*leaf)(void *arg, const struct condition *c), void *arg);

/* Is it one of these, which have a space between two; in any case. */
bool keywords_have(struct str words, struct str wanted);

/* A message as its row says it. */
struct searched {
	uint32_t seq, uid, flags, last_uid;
	uint64_t modseq, size, content, thread;
	int64_t received, offset_min, saved;
	struct str keywords;	/* with a space between two */
};
/* Of a leaf; VERDICT_UNKNOWN for what the row does not say. */
enum verdict condition_of_row(const struct condition *c,
    const struct searched *m);
