/*
 * sandbox_int.h - the parts of sandbox.c, in the order they are closed.
 */
#pragma once
#include "rt/sandbox.h"

/* Files: nothing, or (folder not NULL) what is beneath it. TCP: no listening,
 * and connections to its ports only. Abstract sockets and signals: none
 * outside of ourselves. */
int landlock_close(const struct sandbox *w, const char *folder,
    struct buf *missing, struct err *err);

/* Every system call that is not in the table is answered EPERM. */
int seccomp_close(uint32_t may, struct err *err);
