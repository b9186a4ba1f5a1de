/*
 * column.h - the mutable fields of a mailbox's messages, in memory.
 *
 * A column holds one mailbox, is shared by all of its readers, and is the
 * only place these fields are read from. It is filled from SQL when somebody
 * asks and kept true by the writer, which applies every commit to it before
 * it answers. Columns nobody uses leave when all together pass a bound.
 *
 * Invariants: rows are in order of uid and of created; the dead are in order
 * of expunged; what a column shows is exactly the commits up to its modseq.
 */
#pragma once
#include <pthread.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "store/sql/sql.h"

struct column_row {
	uint32_t uid, flags;		/* FLAG_* */
	uint64_t modseq, created, expunged;
	uint64_t email, blob, size, thread;
	int64_t received;
	int32_t offset_min;
	uint32_t prefix_len;
	uint32_t keywords;		/* which set; 0 is the empty one */
	uint32_t saved;			/* when it was placed here: seconds
					 * since 1970 */
};

/* A word of a set, once for all sets and in any case. */
struct keyword {
	struct str word;	/* as it came first */
	size_t sets;		/* that have it; 0: the place is unused */
	uint32_t next;		/* of the unused ones; 0: none */
};

struct keyword_set {
	struct str words;	/* with spaces between */
	size_t users;		/* rows; 0: the place is unused */
	uint32_t next;		/* of the same hash, or unused too; 0: none */
};

/* What a commit did to one row. */
struct column_op {
	uint64_t account, mailbox;
	enum { COLUMN_ADD, COLUMN_FLAGS, COLUMN_EXPUNGE,
		COLUMN_SEEN, /* \Seen of a reader's: in his column alone */
		COLUMN_TOLD, /* of UIDs below row.uid; it has no modseq */
		COLUMN_GONE /* the mailbox itself */ } kind;
	struct column_row row;	/* keywords unused */
	struct str keywords;
	uint64_t reader;		/* of COLUMN_SEEN */
};

struct column {
	uint64_t account, mailbox;
	uint64_t reader;		/* 0: its owner's */
	pthread_rwlock_t lock;	/* of all that follows up to by_word */
	struct VEC(struct column_row) live, dead;
	uint64_t modseq;
	uint64_t forgotten;	/* expunges up to it: see schema.c */
	uint32_t uidnext, uidvalidity, recent_from;
	bool gone;		/* so is the mailbox */
	struct VEC(struct keyword_set) sets;
	uint32_t unused_set;
	struct map by_words;	/* hash of the words -> first set of it */
	struct VEC(struct keyword) keywords; /* of all sets; 0: none */
	uint32_t unused_keyword;
	struct map by_word;	/* hash of one in lower case -> its number */
	/* Of the cache, under its lock. */
	struct column *next_reader;	/* of the same mailbox */
	bool loading;
	bool left;		/* it is not in the cache any more */
	size_t users;
	uint64_t last;
	struct VEC(struct column_op) late;	/* commits made meanwhile */
};

struct columns;

struct columns *columns_new(size_t bound_octets);
void columns_free(struct columns *cs);

/* The owner's column, filled; q must not be inside a transaction. Hold its
 * lock for reading while looking, and give it back. E_NOTFOUND: no such
 * mailbox. */
int columns_get(struct columns *cs, struct sql *q, uint64_t account,
    uint64_t mailbox, struct column **out, struct err *err);
/* As this reader has it, who is not the owner (0: who is): with his own \Seen.
 * Each has a column to himself, whose rows are otherwise the same. */
int columns_get_as(struct columns *cs, struct sql *q, uint64_t account,
    uint64_t mailbox, uint64_t reader, struct column **out, struct err *err);
void columns_put(struct columns *cs, struct column *c);
/* A commit, by the writer only. */
void columns_apply(struct columns *cs, const struct column_op *op, size_t n);
/* Its expunges up to that modseq are forgotten; by the writer only. */
void columns_forget(struct columns *cs, uint64_t account, uint64_t mailbox,
    uint64_t forgotten);
size_t columns_octets(struct columns *cs);

struct str column_keywords(const struct column *c, uint32_t set);
uint32_t column_unseen(const struct column *c);
/* Index of the first live row with at least this uid. */
size_t column_seek(const struct column *c, uint32_t uid);
