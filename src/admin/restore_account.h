/*
 * restore_account.h - postern restore DIR --account: the mail of one account
 * from a backup, beside what it has now.
 */
#pragma once
#include "admin/admin.h"

/* Its exit code; what went wrong was said. */
int restore_account(struct admin *a, const struct options *o,
    const char *backup);
