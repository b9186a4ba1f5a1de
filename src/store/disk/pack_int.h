/*
 * pack_int.h - what the files of packs and large blobs share.
 */
#pragma once
#include <pthread.h>

#include "base/map.h"
#include "base/vec.h"
#include "store/disk/record.h"

enum { OPEN_FILES = 32 };

/* A file open for reading. */
struct open_pack {
	struct file *f;
	uint64_t pack, blob;
	uint32_t used_by;
	uint64_t last;
};

struct packs {
	struct files *fs;
	uint64_t size;
	/* The writer's: the pack written to, where SQL says it ends, where
	 * the batch ends, and what of that is still in memory. */
	struct file *f;
	uint64_t pack, last, end, pos;
	uint64_t ahead;	/* how far octets were written before */
	char *zeros;
	struct buf pending;
	bool unsynced, broken;
	bool keep_all;	/* see packs_keep_all() */
	struct packs_top top;
	struct VEC(struct pack_touched) touched;
	struct map known; /* while recovering */
	/* The readers'. */
	pthread_mutex_t lock;
	struct open_pack open[OPEN_FILES];
	uint64_t clock;
};

void pack_name(char *out, size_t n, uint64_t pack);
void large_name(char *out, size_t n, uint64_t blob);
int pack_failed(struct err *err, int rc, const char *what, uint64_t id);
/* packread.c: a record that is being read. The functions return 0 or E_*, as
 * packs_read() does. */
struct record_reader {
	struct packs *p;
	const struct place *at;
	struct open_pack *o;
	struct record r;
	struct err *err;
};
int record_open(struct record_reader *x, struct packs *p,
    const struct place *at, struct err *err);
void record_close(struct record_reader *x);
/* Octets of it, counted from its header on. */
int record_octets(struct record_reader *x, uint64_t from, void *out,
    size_t n);
/* Is that the header of the record that belongs there? Fills in x->r. */
int record_is_it(struct record_reader *x, const char header[RECORD_HEADER]);
/* Compare all behind its header; *raw is the length of its message by its
 * chunks. Or read all of it, header and all, compared. */
int record_check(struct record_reader *x, uint64_t *raw);
int record_take(struct record_reader *x, struct buf *room);
int record_damaged(const struct record_reader *x, const char *what);

/* Close the readers' descriptor of a file that goes. */
void packs_forget(struct packs *p, uint64_t pack, uint64_t blob);
