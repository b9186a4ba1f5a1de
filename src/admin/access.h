/*
 * access.h - postern account access: who may do what with mailboxes of others.
 */
#pragma once
#include "admin/admin.h"

/* argv[1...] begins with "access" somewhere. The command's exit code. */
int account_access(struct admin *a, int argc, char **argv);
