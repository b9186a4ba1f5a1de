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

/* Of sandbox_enter_modules(): files are read and executed and never written,
 * and what is beneath `hidden` is not there. */
int landlock_read_only(const char *hidden, struct buf *missing,
    struct err *err);
/* All system calls but those that no module of anybody needs. */
int seccomp_refuse(struct err *err);

/* Another uid, its own group, these as well; there is no way back. */
int sandbox_become(uid_t uid, const gid_t *groups, size_t n, struct err *err);
/* Not dumpable, no new rights, and an end with the parent. */
int sandbox_close_process(struct err *err);
