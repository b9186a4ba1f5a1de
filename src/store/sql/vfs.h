/*
 * vfs.h - SQLite on the file layer.
 *
 * One process, many connections in it: locks and the shared index of the WAL
 * live in memory. Writes that follow one another are gathered and leave in
 * one piece before the next read of them, sync, size or truncation, so a
 * commit is one write and one sync however many pages it has.
 */
#pragma once
#include "store/disk/file.h"

struct vfs;

/* Registers a VFS of its own with SQLite; its name is for sqlite3_open_v2().
 * All connections must be closed before vfs_free(). */
struct vfs *vfs_new(struct files *fs);
const char *vfs_name(const struct vfs *v);
void vfs_free(struct vfs *v);
