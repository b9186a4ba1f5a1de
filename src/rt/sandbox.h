/*
 * sandbox.h - what a process may still do once its sandbox is closed.
 *
 * In this order: not dumpable, no_new_privs, resource limits; as root an empty
 * root folder and an own uid; Landlock as far as the kernel has it; seccomp,
 * which is mandatory. There is no way back.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
	MAY_THREADS = 1 << 0,	/* may make threads (after the sandbox) */
	MAY_ACCEPT = 1 << 1,	/* may accept on sockets it was given */
	MAY_FILES = 1 << 2,	/* may open, write, sync in `folder` */
	MAY_PAIRS = 1 << 3,	/* may make pairs of sockets: ipc_pair() */
	MAY_CONNECT = 1 << 4,	/* may dial: TCP to `ports` */
	MAY_DATAGRAM = 1 << 5,	/* may ask and answer by UDP */
	MAY_SEEK = 1 << 6,	/* may read any part of files it was given */
	MAY_MEMORY_FILE = 1 << 7, /* may make files in memory, to be given */
};

enum { SANDBOX_PORTS_MAX = 64 };

struct sandbox {
	uint32_t may;		/* MAY_* */
	bool whole_folder;	/* as root: its folder is its root (store) */
	/* Of MAY_CONNECT: nothing else can be dialled, as far as the kernel
	 * has Landlock for it. */
	uint16_t ports[SANDBOX_PORTS_MAX];
	size_t nports;
};
/* Add a port, once; more than there is room for are left out. */
void sandbox_port(struct sandbox *w, uint32_t port);

/* uid 0: stay who we are. folder is the role's folder, absolute, or empty.
 * What a kernel lacks (Landlock) is appended to missing as words; that is no
 * failure. Whatever else cannot be closed is one, and so is a second thread:
 * the caller must not go on. */
int sandbox_enter(const struct sandbox *w, uint32_t uid, const char *folder,
    struct buf *missing, struct err *err);

/* The walls of a process that runs the code of others (modules of PAM, and the
 * programs that they start), for the programs as well. It reads and executes
 * whatever its uid may, but for what is beneath `hidden`; it writes no file but
 * /dev/null, dials anybody, and gets no right that it does not have: no other
 * uid, no namespace, mount, trace or module of the kernel, and no signal to
 * anybody else. */
struct sandbox_modules {
	uint32_t uid;		/* 0: stay who we are */
	const gid_t *groups;	/* with a uid: that it is in */
	size_t ngroups;
	const char *hidden;	/* absolute; empty: nothing */
};
int sandbox_enter_modules(const struct sandbox_modules *w,
    struct buf *missing, struct err *err);
/* Inside of these walls: from now on neither looks into the other processes
 * that are in them, nor (where the kernel knows how) signals them. */
int sandbox_part(struct err *err);
