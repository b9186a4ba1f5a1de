/*
 * fulltext_int.h - what the files of the index share.
 */
#pragma once
#include <pthread.h>

#include "base/err.h"
#include "store/fulltext/fulltext.h"

enum { FULLTEXT_LOCKS = 16, FULLTEXT_NAME = 40, FULLTEXT_KEPT = 4,
	KEPT_MESSAGES = 300000 };

struct fulltext {
	struct files *fs;
	pthread_rwlock_t lock[FULLTEXT_LOCKS];
	uint64_t changes[FULLTEXT_LOCKS];	/* under it, of its files */
	pthread_mutex_t kept_lock;
	struct fulltext_found *kept[FULLTEXT_KEPT];	/* the last first */
};

/* The file of an account, as far as it is whole. */
struct index_file {
	struct file *f;		/* NULL: there is none */
	struct VEC(struct segment) segments;
	uint64_t end;		/* of the last one */
	uint64_t messages;	/* of all */
};

pthread_rwlock_t *fulltext_lock(struct fulltext *t, uint64_t account);
/* How often it has changed, or others that share its lock. */
uint64_t *fulltext_changes(struct fulltext *t, uint64_t account);
void fulltext_name(char name[FULLTEXT_NAME], uint64_t account);
/* Under the lock. make: if there is none. 0 or E_*. */
int index_open(struct fulltext *t, uint64_t account, bool make,
    struct index_file *x, struct err *err);
void index_close(struct index_file *x);
/* Of all segments, in order. */
int index_messages(const struct index_file *x, struct indexed *out,
    struct err *err);

/* A table from the numbers of emails to where they are. */
struct index_table {
	const struct indexed *of;
	uint32_t *slot;	/* 1 + place; 0: none */
	size_t size;	/* a power of 2 */
};
void index_table_make(struct index_table *b, const struct indexed *of,
    size_t n);
/* NULL: it is not there, or another message has its number. */
const struct indexed *index_table_find(const struct index_table *b,
    uint64_t email, uint64_t content);
