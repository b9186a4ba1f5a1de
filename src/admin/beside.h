/*
 * beside.h - executables that are no command: the master and sendmail, apart
 * so that neither carries what the others are linked with.
 */
#pragma once
#include "base/arena.h"
#include "base/err.h"

/* Where "postern-NAME" is: beside the running program (a build folder), or
 * where an installation has it, in its ../libexec/postern. The path lives in
 * the arena. */
int find_beside(struct arena *a, const char *name, const char **path,
    struct err *err);
