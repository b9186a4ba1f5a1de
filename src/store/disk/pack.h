/*
 * pack.h - where blobs live: packs and files.
 *
 * A pack is a preallocated file of records (record.h), written from its start;
 * SQL names each record's place and the octets written (and lasting) of each
 * pack. What lies behind those is nobody's and is written over. A large blob
 * has a file of its own with one record in it (pack 0, at 0).
 *
 * Invariants: (1) a record is synced before the commit that names it; (2) a
 * byte named by SQL is never written again; (3) a pack or file goes only
 * after the commit by which no blob names it; (4) the records of a pack follow
 * each other without a gap, up to what is written of it.
 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "store/disk/file.h"

enum { RECORD_HEADER = 48, RECORD_ALIGN = 8 };

struct place {
	uint64_t blob, pack, at, length;
	uint32_t facts, crc;	/* facts: all that lies behind its octets */
	uint32_t front;	/* so many of them are no facts, but fields that stand
			 * before the blob's text */
};
/* What a blob is made of. account: see record.h. */
struct blob_parts {
	uint64_t blob, account;
	struct str octets, facts, front;
};

/* Octets of the record at a place. */
uint64_t place_octets(const struct place *p);

struct packs;

/* size is that of a new pack. */
struct packs *packs_new(struct files *fs, uint64_t size);
void packs_free(struct packs *p);

/* Before recovery, where it is not known whether the database is that of these
 * packs: nothing that it does not name is written over or cut off. */
void packs_keep_all(struct packs *p);
/* How many commits the records behind `written` of this pack are of, as far as
 * that shows; no more than 2 are counted. One can be there after a crash, in
 * the middle of it. */
int packs_unknown(struct packs *p, uint64_t pack, uint64_t written,
    struct err *err);
/* The record at the place of a blob (pack, at, blob, crc): is it that of this
 * blob, of another one, or does nothing there say? Numbers begin anew in each
 * folder, so with another folder's database most are of others. */
enum packs_whose { PACKS_NOBODYS, PACKS_ITS, PACKS_ANOTHERS };
enum packs_whose packs_whose(struct packs *p, const struct place *at);
/* Recovery (recover.c): the packs that SQL names, with the octets written and
 * how many of those live, are told one by one in ascending order; one that is
 * not there and should be is logged and done without. Then all that nobody
 * named is put aside as stray-*. log: NULL is fine. */
int packs_known(struct packs *p, uint64_t pack, uint64_t written,
    uint64_t live, struct log *log, struct err *err);
int packs_known_file(struct packs *p, uint64_t blob, struct log *log,
    struct err *err);
int packs_recovered(struct packs *p, struct log *log, struct err *err);
/* After packs_keep_all() and recovery: the highest numbers in what the database
 * does not name; zeros if there is no such record. */
struct packs_top {
	uint64_t blob, account;
};
struct packs_top packs_top(const struct packs *p);

/* ---- the writer's ------------------------------------------------------ */

/* Take a record into the batch and say where it will be. E_FULL: this blob
 * has no room; the others of the batch do. */
int packs_put(struct packs *p, const struct blob_parts *b, struct place *out,
    struct err *err);
/* Write what was taken (E_FULL: the batch has no room), then sync it. Any
 * failure of the second is the end of the process. */
int packs_write(struct packs *p, struct err *err);
int packs_sync(struct packs *p, struct err *err);
/* The packs the batch touched: octets written up to, octets added. */
struct pack_touched {
	uint64_t pack, written, added;
};
const struct pack_touched *packs_touched(const struct packs *p, size_t *n);
/* The batch was committed, or was not. */
void packs_commit(struct packs *p);
void packs_abort(struct packs *p);
/* A failure of packs_put() that was not the one blob's: the batch is lost. */
bool packs_broken(const struct packs *p);
bool packs_is_open(const struct packs *p, uint64_t pack); /* written to */
bool packs_is_next(const struct packs *p, uint64_t pack); /* will be made */
/* Between two batches: what comes next goes into a new pack. */
void packs_retire(struct packs *p);
/* No blob names it any more. Its name is gone for good when this returns 0; a
 * file that is not there is no failure. */
int packs_remove(struct packs *p, uint64_t pack, struct err *err);

/* A record of a pack goes to the present one. The first says what
 * begins at an offset of the pack, of which `end` octets are written (of a
 * record of format 1 it cannot say `front`); the second reads all of a record,
 * compared with its checksum; the third is packs_put() for what was read. */
int packs_look(struct packs *p, uint64_t pack, uint64_t at, uint64_t end,
    struct place *out, struct err *err);
int packs_read_record(struct packs *p, const struct place *at,
    struct buf *room, struct err *err);
int packs_put_record(struct packs *p, struct str record,
    const struct place *from, struct place *out, struct err *err);

/* A large blob, piece by piece. */
struct large;
int large_new(struct packs *p, uint64_t blob, struct large **l,
    struct err *err);
uint64_t large_blob(const struct large *l);
int large_write(struct large *l, struct str octets, uint64_t at,
    struct err *err);
/* All octets are there: put the rest of b around them. May be done again. */
int large_finish(struct large *l, const struct blob_parts *b,
    struct place *out, struct err *err);
int large_sync(struct large *l, struct err *err);
void large_keep(struct large *l);	/* a commit names it; frees l */
void large_drop(struct large *l);	/* removes the file; frees l */
void large_remove(struct packs *p, uint64_t blob);

/* ---- any thread's ------------------------------------------------------ */

/* Octets [from, from + n) of the blob's own, its facts, or its front: *out lies
 * in room, which they empty and which must be able to hold what is read with
 * them (RECORD_ROOM more). All of it was compared with a checksum, but for a
 * part of a long record of format 1. E_DAMAGED: it is not what was written, or
 * not there; the caller knows whether that is because it was removed. */
enum { RECORD_ROOM = 64 * 1024 };
int packs_read(struct packs *p, const struct place *at, uint64_t from,
    size_t n, struct buf *room, struct str *out, struct err *err);
int packs_read_facts(struct packs *p, const struct place *at,
    struct buf *room, struct str *out, struct err *err);
int packs_read_front(struct packs *p, const struct place *at,
    struct buf *room, struct str *out, struct err *err);
/* All three of a record that is read whole in any case: 1; 0 if it is a long
 * one, of which nothing was read. */
struct record_parts {
	struct str octets, facts, front;
};
int packs_read_short(struct packs *p, const struct place *at,
    struct buf *room, struct record_parts *out, struct err *err);
/* Compare octets [from, from + n) without handing them out; *checked is how far
 * that went, which may be farther. */
int packs_check_part(struct packs *p, const struct place *at, uint64_t from,
    uint64_t n, uint64_t *checked, struct err *err);
/* Compare everything. *raw is the length of its message by its chunks. */
int packs_check(struct packs *p, const struct place *at, uint64_t *raw,
    struct err *err);
/* The same length, of heads that are read alone. */
int packs_raw_size(struct packs *p, const struct place *at, uint64_t *raw,
    struct err *err);
