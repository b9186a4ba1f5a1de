/*
 * role_process.h - for tests: the role as what it is, a process behind its
 * sandbox. We are its master.
 */
#pragma once
#include <sys/types.h>

#include "rt/role.h"

struct process {
	struct loop *loop;
	struct ipc *link;
	pid_t pid;
	bool ready;
};

/* Execute it and wait until its sandbox is closed. */
void process_start(struct process *p, struct loop *l, const char *path,
    const struct config *config);
/* Own fd. */
void process_peer(struct process *p, enum role_kind kind, uint32_t index,
    int fd);
void process_listen(struct process *p, enum listen_kind kind, int fd);
/* Its exit code. */
int process_stop(struct process *p);
