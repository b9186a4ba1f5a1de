/*
 * export_folder.h - files that a process without rights has written, below one
 * folder and nowhere else.
 *
 * Names are the process's: a level that is no name of its own ("..", one with
 * a slash) is refused, no link is followed, and nothing that is there already
 * is touched. Messages of a Maildir are written in tmp and moved to cur; other
 * files, too, have their names only when they are whole.
 */
#pragma once
#include "carry/messages.h"

struct export_folder;

/* The folder is made, or is there and empty; E_EXISTS if it is not empty. */
int export_folder_open(const char *path, struct export_folder **x,
    struct err *err);
int export_folder_write(struct export_folder *x,
    const struct carrier_write_ask *w, struct err *err);
/* All of it is on the disk. */
int export_folder_sync(struct export_folder *x, struct err *err);
void export_folder_close(struct export_folder *x);	/* NULL is fine */
