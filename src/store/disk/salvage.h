/*
 * salvage.h - records in files that no row may know: what recover.c put aside
 * (packs/stray-*, blobs/stray-*), and what lies in a pack behind the end that
 * the database knows.
 *
 * A record says itself which message it is and whose it was (record.h), and a
 * checksum of its header that it is one: so records are found also behind
 * damage, and in any file that is put into these folders.
 */
#pragma once
#include "store/disk/pack.h"

enum { SALVAGE_NAME = 48 };

/* The stray file with the next name behind `after` (empty at first): 1, 0 if
 * there is none, or E_*. */
int salvage_next_stray(struct packs *p, struct str after,
    char name[SALVAGE_NAME], struct err *err);
/* How many there are, and their octets. */
int salvage_strays(struct packs *p, uint64_t *files, uint64_t *octets,
    struct err *err);
bool salvage_is_stray(const char *name);
/* It goes. No other than a stray file does: E_INVALID. */
int salvage_remove(struct packs *p, const char *stray, struct err *err);
/* A stray file becomes the file of this blob. E_EXISTS: there is one. */
int salvage_name_blob(struct packs *p, const char *stray, uint64_t blob,
    struct err *err);

struct salvage;
int salvage_open(struct packs *p, const char *name, struct salvage **s,
    struct err *err);
void salvage_close(struct salvage *s);	/* NULL is fine */
uint64_t salvage_size(const struct salvage *s);
/* The first record that begins in the `most` octets from *at (a multiple of 8)
 * on: 1, its place (of no pack) and whose it was first, or 0. *at is where it
 * begins, or how far was looked. */
int salvage_next(struct salvage *s, uint64_t *at, uint64_t most,
    struct place *there, uint64_t *account, struct err *err);
/* packs_check() and packs_read_record() of it. */
int salvage_check(struct salvage *s, const struct place *there, uint64_t *raw,
    struct err *err);
int salvage_read(struct salvage *s, const struct place *there,
    struct buf *room, struct err *err);
