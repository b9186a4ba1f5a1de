/*
 * build_int.h - what the files that build a message share.
 */
#pragma once
#include "mime/build.h"
#include "mime/field_put.h"

/* Append a field. E_INVALID. */
int build_put_field(struct buf *out, const struct build_field *f,
    struct err *err);
/* Something that may stand between angle brackets: printable, no space, none of
 * them in it. */
bool build_is_bracketed(struct str s);
