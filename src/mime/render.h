/*
 * render.h - the atoms of an IMAP answer.                  RFC 3501 9
 *
 * Internal to mime/: facts are kept as IMAP says them.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

/* nstring: NIL if s.p is NULL, else as string. */
void render_nstring(struct buf *out, struct str s);
/* string: quoted if it can be, else a literal. NUL, which neither may hold,
 * becomes "?". */
void render_string(struct buf *out, struct str s);
/* The same in capital letters, for names compared without case. */
void render_upper(struct buf *out, struct str s);
/* body-fld-param of the parameters in rest (see param_next()). */
void render_params(struct buf *out, struct arena *a, struct str rest);
