/*
 * walled.h - a process of its own that looks at messages for a command, which
 * may be root's: it has nothing but a socket, and no rights.
 */
#pragma once
#include "base/buf.h"
#include "base/err.h"

struct walled;

/* 0 or E_*; nothing else runs in this process yet. */
int walled_begin(struct walled **w, struct err *err);
void walled_end(struct walled *w);	/* NULL is fine */
/* The traits of the message that begins so; they replace what is in out. */
int walled_traits(struct walled *w, struct str head, struct buf *out,
    struct err *err);
