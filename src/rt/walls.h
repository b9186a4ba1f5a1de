/*
 * walls.h - what a process may still do once its walls are closed.
 *
 * In this order: not dumpable, no_new_privs, resource limits; as root an empty
 * root folder and an own uid; Landlock as far as the kernel has it; seccomp,
 * which is mandatory. There is no way back.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
	WALL_THREADS = 1 << 0,	/* may make threads (after the walls) */
	WALL_ACCEPT = 1 << 1,	/* may accept on sockets it was given */
	WALL_FILES = 1 << 2,	/* may open, write, sync in `folder` */
	WALL_PAIRS = 1 << 3,	/* may make pairs of sockets: ipc_pair() */
	WALL_CONNECT = 1 << 4,	/* may dial: TCP to `ports` */
	WALL_DATAGRAM = 1 << 5,	/* may ask and answer by UDP */
};

enum { WALL_PORTS_MAX = 64 };

struct walls {
	uint32_t may;		/* WALL_* */
	bool whole_folder;	/* as root: its folder is its root (store) */
	/* Of WALL_CONNECT: nothing else can be dialled, as far as the kernel
	 * has Landlock for it. */
	uint16_t ports[WALL_PORTS_MAX];
	size_t nports;
};
/* Add a port, once; more than there is room for are left out. */
void walls_port(struct walls *w, uint32_t port);

/* uid 0: stay who we are. folder is the role's folder, absolute, or empty.
 * What a kernel lacks (Landlock) is appended to missing as words; that is no
 * failure. Whatever else cannot be closed is one, and so is a second thread:
 * the caller must not go on. */
int walls_close(const struct walls *w, uint32_t uid, const char *folder,
    struct buf *missing, struct err *err);
