/*
 * source_walk.h - all mail below a path, given to a process that reads it.
 *
 * A folder that has a folder cur is a Maildir, with those below it; in others
 * every file may be mail. Only what was typed may be a link, and nothing but
 * files is opened. Names are given in order, a good many at a time.
 */
#pragma once
#include "admin/carrying.h"

/* Of a feed of carrying_run(). 0 or E_*. */
int source_walk(struct carrying *c, const char *path, struct err *err);
