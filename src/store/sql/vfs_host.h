/*
 * vfs_host.h - what SQLite wants of the machine and not of a file: the
 * functions of its struct sqlite3_vfs that need no files of ours.
 */
#pragma once
#include <sqlite3.h>

int vfs_full_pathname(sqlite3_vfs *base, const char *name, int n, char *out);
int vfs_randomness(sqlite3_vfs *base, int n, char *out);
int vfs_sleep(sqlite3_vfs *base, int us);
int vfs_time(sqlite3_vfs *base, sqlite3_int64 *ms);
int vfs_last_error(sqlite3_vfs *base, int n, char *out);
