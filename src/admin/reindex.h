/*
 * reindex.h - postern account reindex: the index of words of an account, made
 * anew from its mail.
 */
#pragma once
#include "admin/admin.h"

/* argv[1...] begins with "reindex" somewhere. The command's exit code. */
int account_reindex(struct admin *a, int argc, char **argv);
