/*
 * shelf.h - copies of the facts of an account's messages, side by side.
 *
 * Facts lie in the packs, each with its message, among everybody's mail. Who
 * lists a mailbox takes them all: from here they come by one read for some two
 * hundred of them. There is a file beside the database for each account that
 * was listed, made of blocks: neighbours of one mailbox, as they were listed.
 *
 * A cache, as the index of words is: what is not in it is read from the packs
 * and put here; what is damaged is removed; nothing is synced. Any thread may
 * call. Octets of a message are not looked at.
 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "store/disk/file.h"

enum {
	SHELF_LEAST = 16,	/* fewer neighbours are not worth a block */
	SHELF_READ = 8,		/* and fewer than these not the reading of it */
};

struct shelves;

struct shelves *shelves_new(struct files *fs);
void shelves_free(struct shelves *s);	/* NULL is fine */

/* A message of a mailbox, and a copy of its facts if there is one (.p). The
 * blob says that it is that message still. */
struct shelved {
	uint32_t uid;
	uint64_t blob;
	struct str facts;
};

/* Look for the facts of these, whose UIDs ascend, until there are `enough`
 * octets; those behind *looked were not looked for. They lie in a, which has
 * room for SHELF_MEM. 0 or E_DAMAGED, E_IO: the account's file is gone then,
 * and what was found before is good. */
enum { SHELF_MEM = 5 << 20 };
int shelf_look(struct shelves *s, uint64_t account, uint64_t mailbox,
    struct shelved *v, size_t n, size_t enough, size_t *looked,
    struct arena *a, struct err *err);
/* Put these there, all neighbours in their mailbox, whose UIDs ascend; what is
 * there already, or lies between two that are, is left out. 0 or E_FULL,
 * E_IO. */
int shelf_put(struct shelves *s, uint64_t account, uint64_t mailbox,
    const struct shelved *v, size_t n, struct err *err);

/* The account's file goes. */
void shelf_drop(struct shelves *s, uint64_t account);
/* Files of accounts for which gone() holds go; the others are given to it one
 * by one. */
void shelf_drop_others(struct shelves *s,
    bool (*gone)(void *arg, uint64_t account), void *arg);
/* The copies of messages for which gone() holds are wiped, and the whole file
 * goes when most are. 0 or E_*. */
int shelf_sweep(struct shelves *s, uint64_t account,
    bool (*gone)(void *arg, uint64_t mailbox, uint32_t uid, uint64_t blob),
    void *arg, struct err *err);
/* Files that nobody uses just now are closed. */
void shelf_rest(struct shelves *s);
