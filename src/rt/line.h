/*
 * line.h - the connection to a role that may be replaced: calls wait for a
 * new one and are asked again, until their deadline. For calls that may be
 * asked twice.
 */
#pragma once
#include "rt/ipc.h"

struct line;

/* name is a constant for error texts ("store"); window as in ipc.h. */
struct line *line_new(struct loop *l, const char *name, uint32_t window);
/* No call may be under way. NULL is fine. */
void line_free(struct line *n);
/* Owns fd. The connection before it is closed. */
void line_replace(struct line *n, int fd);
bool line_up(const struct line *n);
/* How often it was replaced. */
uint64_t line_generation(const struct line *n);

/* As ipc_call(); E_PEER when the deadline passed without a connection. */
int line_call(struct line *n, const struct ipc_call *call, const void *ask,
    void *answer, struct arena *a, int *fd_out, int64_t until_ms,
    struct err *err);
/* May be lost. */
void line_notify(struct line *n, const struct ipc_call *call,
    const void *ask);
