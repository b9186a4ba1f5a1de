/*
 * launch.h - a master as a child of the command line.
 */
#pragma once
#include <sys/types.h>

#include "admin/serve.h"

/* Start one and wait until it serves. It ends when we do. s->tell_fd is set
 * here. err says why it does not serve: E_BUSY if another master has the data
 * folder or a port. */
int launch_start(const struct server *server, struct serve *s, pid_t *pid,
    struct err *err);
/* End it in good order and wait. Its exit code. */
int launch_stop(pid_t pid);
