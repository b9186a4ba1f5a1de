/*
 * walls.h - what a process may still do once its walls are closed.
 *
 * In this order: not dumpable, no_new_privs, resource limits; as root an empty
 * root folder and an own uid; Landlock as far as the kernel has it; seccomp,
 * which is mandatory. There is no way back.
 */
#pragma once
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
	WALL_THREADS = 1 << 0,	/* may make threads (after the walls) */
	WALL_ACCEPT = 1 << 1,	/* may accept on sockets it was given */
	WALL_FILES = 1 << 2,	/* may open, write, sync in `folder` */
};

struct walls {
	uint32_t may;		/* WALL_* */
	bool whole_folder;	/* the data folder is its root (store) */
};

/* uid 0: stay who we are. folder is the data folder, absolute. What a kernel
 * lacks (Landlock) is appended to missing as words; never a failure. */
int walls_close(const struct walls *w, uint32_t uid, const char *folder,
    struct buf *missing, struct err *err);
