/*
 * roots.h - the certificates that are trusted to say who other servers are.
 */
#pragma once
#include "base/buf.h"
#include "base/err.h"

enum { ROOTS_MAX = 4 << 20 };	/* octets: what *out needs as its cap */

/* The PEM text of a file, or (path empty) of this system's own. Opens files:
 * for prepare(). E_NOTFOUND: there is none that can be read. */
int roots_read(struct str path, struct buf *out, struct err *err);
