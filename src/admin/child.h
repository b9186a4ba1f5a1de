/*
 * child.h - a process that a command makes of itself, for what is not to be
 * done with the command's rights; they share one pair of sockets.
 */
#pragma once
#include <sys/types.h>

#include "base/err.h"

struct child {
	pid_t pid;
	int fd;		/* our end; -1: somebody else has it, or closed it */
};

/* It gets fds[1] and runs work, which never returns; nothing else runs in this
 * process yet, and it has nothing yet that the child must not have. E_IO: there
 * is none, and both ends are closed. */
int child_begin(struct child *c, const int fds[2],
    void (*work)(int fd, void *arg), void *arg, struct err *err);
/* Ends it, whatever it does. */
void child_end(struct child *c);
