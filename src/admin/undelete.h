/*
 * undelete.h - postern account deleted, postern account undelete: what was
 * expunged and is kept for a while.
 */
#pragma once
#include "admin/operator.h"
#include "admin/options.h"

/* Of an account, since then (seconds since 1970; 0: ever). 0 or E_*. */
int deleted_print(struct admin *a, struct operator *op,
    const struct options *o, struct str address, int64_t since,
    struct err *err);
/* mailbox empty: of all. */
int undelete(struct admin *a, struct operator *op, const struct options *o,
    struct str address, struct str mailbox, int64_t since, struct err *err);
