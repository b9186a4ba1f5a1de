/*
 * launch.h - the master: in place of the command line, or as its child.
 */
#pragma once
#include <sys/types.h>

#include "master/serve.h"

/* Become one. Comes back only if that fails. The arena is for names. */
int launch_here(struct arena *a, const struct serve *s, struct err *err);

/* Start one and wait until it serves. It ends when we do. s->tell_fd is set
 * here. err says why it does not serve: E_BUSY if another master has the data
 * folder or a port. */
int launch_start(struct arena *a, struct serve *s, pid_t *pid,
    struct err *err);
/* End it in good order and wait. Its exit code. */
int launch_stop(pid_t pid);
