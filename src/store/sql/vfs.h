/*
 * vfs.h - SQLite on the file layer.
 *
 * One process, many connections in it: locks and the shared index of the WAL
 * live in memory. Other processes are kept out by the lock of SQLite's own unix
 * VFS on the database file, held from its first opening to its last closing:
 * they are told SQLITE_BUSY. Without it a look with the sqlite3 command would
 * end with the WAL unlinked under us.
 *
 * Writes that follow one another are gathered and leave in
 * one piece before the next read of them, sync, size or truncation, so a
 * commit is one write and one sync however many pages it has.
 *
 * Pages of a database file end with a checksum (page_sum.h), put in when they
 * are written and compared whenever they are read; one that is wrong makes the
 * statement that needs it fail with SQLITE_IOERR_DATA, and nothing else. Pages
 * in the WAL are compared with what was written there (vfs_sum.c).
 */
#pragma once
#include "store/disk/file.h"

struct vfs;

/* Registers a VFS of its own with SQLite; its name is for sqlite3_open_v2().
 * All connections must be closed before vfs_free(). */
struct vfs *vfs_new(struct files *fs);
const char *vfs_name(const struct vfs *v);
/* A sync found that the WAL's name leads to it no more: what was committed is
 * in a file that the next start will not find. */
bool vfs_lost_wal(const struct vfs *v);
/* The wrong page that this thread has read since it last asked; 0: none. */
uint32_t vfs_take_damaged(void);
/* Told of each wrong page that is read, by whatever thread reads it. */
void vfs_on_damage(struct vfs *v, void (*fn)(void *arg, uint32_t page),
    void *arg);
/* Have the pages of this open database checksums? */
bool vfs_is_summed(struct vfs *v, const char *name);
void vfs_free(struct vfs *v);
