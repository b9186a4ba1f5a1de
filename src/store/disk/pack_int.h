/*
 * pack_int.h - what pack.c, packread.c and large.c share.
 */
#pragma once
#include <pthread.h>

#include "base/map.h"
#include "base/vec.h"
#include "store/disk/pack.h"

enum { OPEN_FILES = 32 };
#define RECORD_MAGIC 0x63657250u /* "Prec" */

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
	struct VEC(struct pack_touched) touched;
	struct map known; /* while recovering */
	/* The readers'. */
	pthread_mutex_t lock;
	struct open_pack open[OPEN_FILES];
	uint64_t clock;
};

void pack_name(char *out, size_t n, uint64_t pack);
void large_name(char *out, size_t n, uint64_t blob);
void record_header(char out[RECORD_HEADER], const struct place *at);
int pack_failed(struct err *err, int rc, const char *what, uint64_t id);
/* Close the readers' descriptor of a file that goes. */
void packs_forget(struct packs *p, uint64_t pack, uint64_t blob);
