/*
 * shelf_int.h - the file of an account.
 *
 * Blocks one behind the other; what does not go on as one is the end:
 *
 *    0 magic u32    4 crc32c u32 of all that follows     8 mailbox u64
 *   16 first UID u32   20 last UID u32   24 messages u32   28 octets u32 behind
 *   32 for each message, ascending: UID u32, octets of its facts u32, blob u64
 *      (0: wiped); then the facts
 */
#pragma once
#include <pthread.h>

#include "base/vec.h"
#include "store/shelf/shelf.h"

enum { BLOCK_HEADER = 32, BLOCK_ENTRY = 16, BLOCK_MAX = 512 << 10,
	BLOCK_MESSAGES = 4096, BLOCKS_MAX = 16384, SHELF_NAME = 40,
	SHELVES_OPEN = 16 };

struct block {
	uint64_t mailbox, at;
	uint32_t first, last, n, octets;
};

struct shelf {
	uint64_t account;	/* 0: nobody's */
	struct file *f;
	size_t users;		/* under the lock of all */
	uint64_t last;
	pthread_rwlock_t lock;	/* of what follows */
	struct VEC(struct block) blocks; /* by mailbox and UID, apart */
	uint64_t end;
};

struct shelves {
	struct files *fs;
	pthread_mutex_t lock;
	uint64_t clock;
	struct shelf open[SHELVES_OPEN];
};

void shelf_name(char name[SHELF_NAME], uint64_t account);
/* The headers of all blocks. */
void shelf_read_blocks(struct shelf *x, uint64_t size);
/* Index of the first block whose last UID is at least this one. */
size_t shelf_find_block(const struct shelf *x, uint64_t mailbox, uint32_t uid);

/* A block as it is read: E_DAMAGED, E_IO. */
struct block_reader {
	struct str table, facts;	/* what is left of them */
};
int block_read(const struct shelf *x, const struct block *b, char *room,
    struct block_reader *out, struct err *err);
/* The next entry; false at the end. A wrong length is E_DAMAGED's business:
 * block_read() has looked. */
bool block_next(struct block_reader *r, struct shelved *out);

/* Append the block of these to b, whose cap has room for it. */
struct buf;
void block_make(struct buf *b, uint64_t mailbox, const struct shelved *v,
    size_t n);
