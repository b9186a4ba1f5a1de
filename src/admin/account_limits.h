/*
 * account_limits.h - postern account limit and unlock: how much somebody may
 * hand in, and that they may again.
 */
#pragma once
#include "admin/admin.h"

/* argv[1...] has "limit", or "unlock", somewhere. The command's exit code. */
int account_limits(struct admin *a, int argc, char **argv);
int account_unlock(struct admin *a, int argc, char **argv);
