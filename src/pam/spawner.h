/*
 * spawner.h - the process that starts attempts. The role forks it before its
 * own walls close: it holds one socket, to the role, and none to vault, and has
 * what modules need (sandbox_enter_modules()). Each attempt is a process below
 * it, with nothing open but a pipe to it.
 *
 * It serves pam_calls. An attempt that is not over at its deadline is killed,
 * and whatever it has started.
 */
#pragma once
#include "rt/role.h"

enum { SPAWNER_ATTEMPTS = 16 };	/* at a time; more are answered E_BUSY */

/* *fd: as ipc_open() wants it. hidden is the data folder. E_*: it is not there,
 * and err says why. Blocks. The process ends when the role closes *fd. */
int spawner_start(const struct role *r, const struct pam_conf *conf,
    struct str hidden, int *fd, struct err *err);
